-- Requests for media files in a day; six columns of the archive have never been filled.
select
    base_name, sum(total_response_size), sum(total), sum(original), sum(transcoded_audio), '-', '-',
    sum(transcoded_image), sum(transcoded_image_0_199), sum(transcoded_image_200_399),
    sum(transcoded_image_400_599), sum(transcoded_image_600_799), sum(transcoded_image_800_999),
    sum(transcoded_image_1000), '-', '-', sum(transcoded_movie), sum(transcoded_movie_0_239),
    sum(transcoded_movie_240_479), sum(transcoded_movie_480), '-', '-', sum(referer_internal),
    sum(referer_external), sum(referer_unknown)
from wmf.mediacounts
where {period}
group by base_name
order by base_name
