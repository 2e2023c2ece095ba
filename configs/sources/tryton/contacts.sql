-- Dunnings that were processed. A dunning's row only has its latest level; the log of who started the wizard has every
-- day, and the e-mails are kept one by one. What was not sent by e-mail went by letter, one a party and day.
with
processed as (
    select split_part(resource, ',', 2)::bigint as dunning, create_date::date as day
    from ir_model_log
    where event = 'wizard' and target like 'account.dunning.process:%' and resource like 'account.dunning,%'
    union
    select id, date from account_dunning where state = 'waiting' and date is not null
),
mailed as (
    select id, split_part(resource, ',', 2)::bigint as dunning, create_date::date as day
    from ir_email
    where resource like 'account.dunning,%'
),
dunned as (
    select
        dunning.id,
        line.party,
        coalesce(invoice.number, 'entry-' || move.number) || '#' || line.id as label
    from account_dunning dunning
    join account_move_line line on line.id = dunning.line
    join account_move move on move.id = line.move
    left join account_invoice invoice on invoice.move = move.id and invoice.type = 'out'
)
select
    'email-' || mailed.id as contact_id,
    dunned.party::text as customer_id,
    dunned.label as invoice_id,
    mailed.day as contacted_on,
    'email' as channel
from mailed
join dunned on dunned.id = mailed.dunning
union all
select
    'letter-' || dunned.party || '-' || processed.day,
    dunned.party::text,
    case when count(*) = 1 then min(dunned.label) end,
    processed.day,
    'letter'
from processed
join dunned on dunned.id = processed.dunning
anti join mailed on mailed.dunning = processed.dunning and mailed.day = processed.day
group by dunned.party, processed.day
