with

labels as (

    {{ actor_label_rows() }}

)

select * from labels
