{{ config(materialized='view') }}

{{ top_by(ref('mediawiki_history_reduced'), 'user_text', 'edits') }}
