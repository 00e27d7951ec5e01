-- The code of a project and access method in dumps of page views: `en`, `en.m`, `commons.m`, `www.wd`.
-- A family that has no suffix there has no code.
case
    when access_method not in ('mobile web', 'mobile app')
        then
            case
                when regexp_matches(project, '^[A-Za-z0-9-]+[.][a-z]+$') then split_part(project, '.', 1)
                else 'www'
            end
    when regexp_matches(project, '^[A-Za-z0-9-]+[.][a-z]+$') then split_part(project, '.', 1) || '.m'
    else 'm'
end
|| case split_part(project, '.', -1)
    when 'wikipedia' then ''
    when 'wikibooks' then '.b'
    when 'wiktionary' then '.d'
    when 'wikimediafoundation' then '.f'
    when 'wikimedia' then '.m'
    when 'wikinews' then '.n'
    when 'wikiquote' then '.q'
    when 'wikisource' then '.s'
    when 'wikiversity' then '.v'
    when 'wikivoyage' then '.voy'
    when 'mediawiki' then '.w'
    when 'wikidata' then '.wd'
end
