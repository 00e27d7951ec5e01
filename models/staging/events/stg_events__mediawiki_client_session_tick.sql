{#- Written by `wikilake streams sync`. -#}
{{ event_rows('mediawiki_client_session_tick') }}
