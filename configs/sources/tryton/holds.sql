-- Dunnings that are blocked: known since the row was last written.
select
    'dunning-' || dunning.id as hold_id,
    coalesce(invoice.number, 'entry-' || move.number) || '#' || line.id as invoice_id,
    dunning.write_date::date as from_on,
    'dunning blocked' as reason,
    dunning.write_date::date as known_on
from account_dunning dunning
join account_move_line line on line.id = dunning.line
join account_move move on move.id = line.move
left join account_invoice invoice on invoice.move = move.id and invoice.type = 'out'
where dunning.blocked and dunning.write_date is not null
