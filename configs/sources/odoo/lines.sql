-- Posted lines of receivable accounts, and what each of them is. `owed` is in the line's own currency, negative where
-- the customer owes less.
with
entries as (
    select * from account_move_line where coalesce(lower(deleted), '') in ('', 'false', 'f', '0')
),
nominal as (
    -- What an entry has on profit and loss accounts, as debit - credit in the company's currency.
    select line.move_id, sum(line.balance) as balance, max(groups.name) as name
    from entries line
    join (
        select id, coalesce(split_part(account_type, '_', 1), internal_group) as name from account_account
    ) groups on groups.id = line.account_id and groups.name in ('income', 'expense')
    group by line.move_id
)
select
    line.id,
    partner.commercial_partner_id as partner,
    move.name || '#' || line.id as label,
    coalesce(move.invoice_date, move.date) as dated,
    coalesce(line.date_maturity, move.date) as due_on,
    currency.name as currency,
    case when line.currency_id = company.currency_id then line.balance else line.amount_currency end as owed,
    -- A draft may be older than what was posted in the end: an invoice was not known before its own date.
    case when move.move_type = 'entry' then move.create_date::date
        else greatest(move.create_date::date, coalesce(move.invoice_date, move.date)) end as known_on,
    case
        when move.move_type in ('out_invoice', 'out_refund', 'out_receipt') then 'document'
        when journal.type in ('bank', 'cash') or line.payment_id is not null or line.statement_line_id is not null
            then 'cash'
        -- A credit against an expense is a loss, against income a discount, but only with what it settles.
        when line.balance < 0 and nominal.name is not null and matched.id is not null then 'loss'
        else 'document'
    end as role,
    nominal.name as nominal,
    -- The part of a payment's line that no money came for: the entry itself has it as a cost.
    case when line.balance < 0 and nominal.balance > 0
        then round(nominal.balance * line.amount_currency / line.balance, 2) else 0 end::decimal(28, 6) as discount
from entries line
join account_move move on move.id = line.move_id and move.state = 'posted'
join account_account account
    on account.id = line.account_id
    and (account.account_type = 'asset_receivable' or account.internal_type = 'receivable')
join account_journal journal on journal.id = move.journal_id
join res_company company on company.id = move.company_id
join res_currency currency on currency.id = coalesce(line.currency_id, company.currency_id)
join res_partner partner on partner.id = line.partner_id
left join nominal on nominal.move_id = move.id
left join (select distinct credit_move_id as id from partials) matched on matched.id = line.id
where line.balance <> 0
    -- Differences of exchange rates are in the company's currency only: the invoice's knows of none.
    and move.id not in (
        select exchange_move_id from partials where exchange_move_id is not null
    )
