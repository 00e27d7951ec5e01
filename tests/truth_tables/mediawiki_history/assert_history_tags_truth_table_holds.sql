with

cases as (

    select
        cast({{ truth_value('is_in_first_24_hours') }} as boolean) as is_in_first_24_hours,
        cast({{ truth_value('page_is_redirect') }} as boolean) as page_is_redirect,
        cast({{ truth_value('revision_is_deleted_by_page_deletion') }} as boolean) as revision_is_deleted_by_page_deletion,
        cast({{ truth_value('revision_is_identity_reverted') }} as boolean) as revision_is_identity_reverted,
        cast({{ truth_value('revision_is_identity_revert') }} as boolean) as revision_is_identity_revert,
        cast({{ truth_value('user_is_created_by_self') }} as boolean) as user_is_created_by_self,
        {{ 'expected_by_' ~ history_reduced_definition() }} as expected,
        why
    from {{ ref('truth_history_tags') }}

),

results as (

    select
        *,
        {{ history_tags() }} as actual,
        case expected
            when '<empty>' then {{ empty_text_array() }}
            when '<none>' then {{ array_of(["''"]) }}
            else {{ split_to_array('expected', ' ') }}
        end as expected_tags
    from cases

),

violations as (

    select * from results
    where actual is distinct from expected_tags

)

select * from violations
