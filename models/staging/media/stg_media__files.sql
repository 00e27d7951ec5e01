-- depends_on: {{ source('media_files', 'mediawiki_file') }}

with

files as (

    {{ rows_of_setting(
        env_var('WIKILAKE_MEDIAWIKI_FILE', ''),
        {
            'file_name': 'varchar',
            'file_type': 'bigint',
            'file_deleted': 'bigint',
            'wiki_db': 'varchar',
            'snapshot': 'varchar',
        }
    ) }}

)

select * from files
