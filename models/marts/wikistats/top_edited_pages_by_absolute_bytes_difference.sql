{{ config(materialized='view') }}

{{ top_by(ref('mediawiki_history_reduced'), 'page_title', 'abs_bytes_diff') }}
