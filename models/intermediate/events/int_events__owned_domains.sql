with

owned_domains as (

    select * from {{ ref('owned_domains') }}
    where {{ in_force() }}
    {{- site_domain_rows() }}

)

select domain from owned_domains
