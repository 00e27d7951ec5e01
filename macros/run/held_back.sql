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
        The hours of the window of which too much is lost or bad (spec 4), as datetimes in their
        order: they are refined, but what is made of their pageviews stays as it is. None when the
        loss is accepted, or when the run does not ask: the test of the gate is the question. A run
        that settles hours holds back those that are not published.
    -#}
    {%- set hours = [] -%}
    {%- if execute and variable('settled') -%}
        {%- set actors = graph.nodes['model.' ~ project_name ~ '.pageview_actor'] -%}
        {{ return(hours_without_partition(api.Relation.create(schema=actors.schema, identifier=actors.alias), run_window())) }}
    {%- endif -%}
    {%- set gate = 'test.' ~ project_name ~ '.assert_loss_is_below_the_thresholds' -%}
    {%- if execute and gate in selected_resources and not variable('accept_loss') -%}
        {%- set metrics = graph.nodes['model.' ~ project_name ~ '.data_quality_metrics'] -%}
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
