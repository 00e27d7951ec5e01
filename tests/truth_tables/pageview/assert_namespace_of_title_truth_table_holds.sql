{{ truth_table(
    ref('truth_namespace_of_title'),
    ['page'],
    namespace_of_title('page', {'Special': -1, 'Talk': 1, 'User talk': 3, 'Ярлык': 120}),
) }}
