{{ config(materialized='view') }}

{{ top_by(ref('mediawiki_history_reduced'), 'user_text', 'abs_bytes_diff') }}
