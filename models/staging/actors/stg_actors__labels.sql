-- depends_on: {{ source('actor_labels', 'webrequest_actor_label_hourly') }}

with

labels as (

    {{ actor_label_rows() }}

)

select * from labels
