{% macro base36_of_hex(hex) -%}
    {#- 40 hexadecimal digits in base 36, as 31 digits. -#}
    {{ return(adapter.dispatch('base36_of_hex')(hex)) }}
{%- endmacro %}

{% macro duckdb__base36_of_hex(hex) -%}
    list_reduce(
        range(31),
        lambda done, place: {{ next_base36_digit('done.limbs', 'done.digits', 'duckdb') }},
        {
            'limbs': [
                {%- for place in range(5) %}
                cast('0x' || substr({{ hex }}, {{ place * 8 + 1 }}, 8) as bigint){{ ',' if not loop.last }}
                {%- endfor %}
            ],
            'digits': ''
        }
    ).digits
{%- endmacro %}

{% macro spark__base36_of_hex(hex) -%}
    aggregate(
        sequence(1, 31),
        named_struct(
            'limbs', array(
                {%- for place in range(5) %}
                cast(conv(substr({{ hex }}, {{ place * 8 + 1 }}, 8), 16, 10) as bigint){{ ',' if not loop.last }}
                {%- endfor %}
            ),
            'digits', ''
        ),
        (done, place) -> {{ next_base36_digit('done.limbs', 'done.digits', 'spark') }},
        done -> done.digits
    )
{%- endmacro %}

{% macro next_base36_digit(limbs, digits, engine) -%}
    {#-
        Divides a number of five limbs of 32 bits by 36. Since 2^32 leaves 4, what the first limbs
        leave is the sum of limbs times powers of 4.
    -#}
    {%- set first = 0 if engine == 'spark' else 1 -%}
    {%- set rests, quotients = [], [] -%}
    {%- for place in range(5) -%}
        {%- set terms = [] -%}
        {%- for earlier in range(place + 1) -%}
            {%- do terms.append(limbs ~ '[' ~ (earlier + first) ~ '] * ' ~ 4 ** (place - earlier)) -%}
        {%- endfor -%}
        {%- do rests.append('(' ~ terms | join(' + ') ~ ') % 36') -%}
    {%- endfor -%}
    {%- for place in range(5) -%}
        {%- set carried = (rests[place - 1] ~ ' * 4294967296 + ') if place else '' -%}
        {%- do quotients.append('(' ~ carried ~ limbs ~ '[' ~ (place + first) ~ ']) ' ~ ('div' if engine == 'spark' else '//') ~ ' 36') -%}
    {%- endfor -%}
    {{ struct_of({
        'limbs': array_of(quotients),
        'digits': "substr('0123456789abcdefghijklmnopqrstuvwxyz', cast(" ~ rests[4] ~ " as integer) + 1, 1) || " ~ digits,
    }) }}
{%- endmacro %}
