-- depends_on: {{ source('media_files', 'mediawiki_filetypes') }}

with

file_types as (

    {{ rows_of_setting(
        env_var('WIKILAKE_MEDIAWIKI_FILETYPES', ''),
        {
            'ft_id': 'bigint',
            'ft_media_type': 'varchar',
            'ft_major_mime': 'varchar',
            'ft_minor_mime': 'varchar',
            'wiki_db': 'varchar',
            'snapshot': 'varchar',
        }
    ) }}

)

select * from file_types
