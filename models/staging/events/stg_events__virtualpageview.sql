{#- Written by `wikilake streams sync`. -#}
{{ event_rows('virtualpageview') }}
