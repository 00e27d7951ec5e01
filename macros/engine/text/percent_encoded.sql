{% macro percent_encoded(text) -%}
    {{ return(adapter.dispatch('percent_encoded')(text)) }}
{%- endmacro %}

{% macro duckdb__percent_encoded(text) -%}
    case
        when regexp_matches({{ text }}, '^[!-+\-.-~]*$') then {{ text }}
        else array_to_string(
            list_transform(
                string_split({{ text }}, ''),
                lambda letter: case when regexp_matches(letter, '^[!-+\-.-~]$') then letter else url_encode(letter) end
            ),
            ''
        )
    end
{%- endmacro %}

{% macro spark__percent_encoded(text) -%}
    case
        when {{ text }} rlike r'\A[!-+\-.-~]*\z' then {{ text }}
        else array_join(
            transform(
                regexp_extract_all({{ text }}, r'(?s)(.)', 1),
                letter -> case
                    when letter rlike r'\A[!-+\-.-~]\z' then letter
                    else replace(url_encode(letter), '+', '%20')
                end
            ),
            ''
        )
    end
{%- endmacro %}
