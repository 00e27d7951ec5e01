with

requests as (

    select * from {{ ref('int_webrequest__accepted') }}

),

addresses as (

    select distinct ip from requests

),

client_ips as (

    select * from {{ facts_of_addresses('addresses', ref('networks'), ref('countries')) }}

)

select * from client_ips
