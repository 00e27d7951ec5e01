{% macro spans_of(node) -%}
    {#-
        The spans of hours that a model makes or a test looks at: the run's window, for what lies
        behind the gate without the hours that the gate holds back.
    -#}
    {%- set window = run_window() -%}
    {%- if not is_behind_gate(node) -%}{{ return([window]) }}{%- endif -%}
    {%- set spans = [] -%}
    {%- set begin = [window.first] -%}
    {%- for hour in held_back_hours() + [window.end] -%}
        {%- if begin[-1] < hour -%}{%- do spans.append({'first': begin[-1], 'end': hour}) -%}{%- endif -%}
        {%- do begin.append(hour + modules.datetime.timedelta(hours=1)) -%}
    {%- endfor -%}
    {{ return(spans) }}
{%- endmacro %}

{% macro is_behind_gate(node) -%}
    {#- Whether a model or test is for hours alone of which not too much is lost or bad. -#}
    {{ return((node.config.get('meta') or {}).get('behind_gate', false)) }}
{%- endmacro %}

{% macro held_back_hours() -%}
    {#-
        What hours_behind_the_gate() finds, asked once per invocation and kept in the graph: who asks
        comes after the measures, and they do not change any more. A unit test has a window of its
        own, of which nothing is held back.
    -#}
    {%- if not execute or model.resource_type == 'unit_test' -%}{{ return([]) }}{%- endif -%}
    {%- set known = graph.setdefault('held_back_hours', {}) -%}
    {%- if invocation_id not in known -%}
        {%- do known.update({invocation_id: hours_behind_the_gate()}) -%}
    {%- endif -%}
    {{ return(known[invocation_id]) }}
{%- endmacro %}

{% macro hours_behind_the_gate() -%}
    {#-
        The hours of the window of which too much is lost or bad (spec 4), as datetimes in their
        order: they are refined, but what is made of their pageviews stays as it is. None when the
        loss is accepted, or when the run does not ask: the test of the gate is the question. A run
        that settles hours holds back those that are not published.
    -#}
    {%- set hours = [] -%}
    {%- if variable('settled') -%}
        {%- set actors = graph.nodes['model.wikilake.pageview_actor'] -%}
        {{ return(hours_without_partition(api.Relation.create(schema=actors.schema, identifier=actors.alias), run_window())) }}
    {%- endif -%}
    {%- set gate = 'test.wikilake.assert_loss_is_below_the_thresholds' -%}
    {%- if gate in selected_resources and not variable('accept_loss') -%}
        {%- set metrics = graph.nodes['model.wikilake.data_quality_metrics'] -%}
        {%- set relation = api.Relation.create(database=metrics.database, schema=metrics.schema, identifier=metrics.alias) -%}
        {%- if run_query(files_query(partition_files(metrics.schema, metrics.alias, metrics.config.partition_by))) | length -%}
            {%- set failed = run_query(
                'select distinct year, month, day, hour from ' ~ rows_of_partitions(relation, periods_of([run_window()]))
                ~ " as metrics where dataset = 'wmf_raw.webrequest' and severity = 'error' and status = 'error' order by year, month, day, hour"
            ) -%}
            {%- for row in failed.rows -%}
                {%- do hours.append(modules.datetime.datetime(row[0] | int, row[1] | int, row[2] | int, row[3] | int)) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(hours) }}
{%- endmacro %}
