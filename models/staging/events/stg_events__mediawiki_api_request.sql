{#- Written by `wikilake streams sync`. -#}
{{ event_rows('mediawiki_api_request') }}
