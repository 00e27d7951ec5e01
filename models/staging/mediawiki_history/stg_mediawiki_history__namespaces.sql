with

namespaces as (

    {{ namespace_rows() }}

)

select * from namespaces
