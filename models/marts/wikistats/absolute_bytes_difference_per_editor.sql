{{ config(materialized='view') }}

{{ edits_per(ref('mediawiki_history_reduced'), 'user_text', 'page_type', 'abs_bytes_diff') }}
