{% macro record_test_results() -%}
    {#-
        At the end of `dbt build` and `dbt test`: what every test found goes into the partition of
        the run's hour of data_quality_metrics and data_quality_alerts, and the result of the gate
        into the manifests of webrequest. Only counts and names are written, never a row.
    -#}
    {%- if execute and flags.WHICH in ('build', 'test') -%}
        {%- do show_failing_rows() -%}
        {%- set found = [] -%}
        {%- for result in results if result.node.resource_type == 'test' and result.status != 'skipped' -%}
            {%- set tested = graph.nodes.get(result.node.attached_node)
                or graph.nodes.get(result.node.depends_on.nodes | first, {}) -%}
            {%- do found.append({
                'metric': result.node.name,
                'dataset': tested.get('schema', '') ~ '.' ~ tested.get('name', ''),
                'is_of_history': 'history' in result.node.tags,
                'is_gate': 'loss_gate' in result.node.tags,
                'status': result.status | string,
                'failures': result.failures,
                'severity': test_severity(result.node),
                'warn_if': result.node.config.warn_if,
                'error_if': result.node.config.error_if,
            }) -%}
        {%- endfor -%}
        {%- set period = named_period() or run_window() -%}
        {%- set said = {
            'run_id': invocation_id,
            'first': period.first | string,
            'end': period.end | string,
            'accept_loss': variable('accept_loss'),
            'tests': found,
        } -%}
        {%- do run_query('select record_test_results(' ~ literal(tojson(said)) ~ ')') -%}
    {%- endif -%}
{%- endmacro %}

{% macro show_failing_rows() -%}
    {#-
        Shows up to three rows of each failed test whose rows hold nothing private: those of rules and
        those with `meta.shows_rows`.
    -#}
    {%- for result in results if result.status in ('fail', 'warn') and result.node.resource_type == 'test' -%}
        {%- if 'rule_test' in result.node.tags or (result.node.config.get('meta') or {}).get('shows_rows') -%}
            {%- set lines = [] -%}
            {%- for row in run_query('select * from (' ~ result.node.compiled_code ~ ') as failing limit 3').rows -%}
                {%- set values = [] -%}
                {%- for name in row.keys() %}{% do values.append(name ~ '=' ~ shown(row[name])) %}{% endfor -%}
                {%- do lines.append(values | join(', ')) -%}
            {%- endfor -%}
            {%- do exceptions.warn(result.node.name ~ ' fails for ' ~ lines | join('; ')) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
