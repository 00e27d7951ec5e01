{{ config(materialized='view') }}

{{ edits_per(ref('mediawiki_history_reduced'), 'page_title', 'editor_type', 'abs_bytes_diff') }}
