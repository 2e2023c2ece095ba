-- Posted lines of receivable accounts, and what each of them is.
-- `owed` is in the line's own currency, `base` in the company's; both are negative where the customer owes less.
select
    line.id,
    line.party,
    line.reconciliation,
    invoice.id as invoice,
    coalesce(invoice.number, 'entry-' || move.number) || '#' || line.id as label,
    coalesce(invoice.invoice_date, move.date) as dated,
    coalesce(line.maturity_date, move.date) as due_on,
    coalesce(second.code, own.code) as currency,
    case when second.code is null then line.debit - line.credit else line.amount_second_currency end as owed,
    line.debit - line.credit as base,
    coalesce(move.post_date, move.create_date::date) as known_on,
    -- A loss or a cancellation is one only with what it settles; alone, it is a claim or a credit.
    case
        when journal.type in ('cash', 'statement') then 'cash'
        when invoice.id is not null or line.reconciliation is null then 'document'
        when journal.type = 'write-off' then 'loss'
        when move.origin like 'account.move,%' or additional.move is not null then 'cancelled'
        else 'document'
    end as role
from account_move_line line
join account_move move on move.id = line.move and move.state = 'posted'
join account_account account on account.id = line.account
join account_account_type kind on kind.id = account.type and kind.receivable
join account_journal journal on journal.id = move.journal
join company_company company on company.id = move.company
join currency_currency own on own.id = company.currency
left join currency_currency second on second.id = line.second_currency
left join account_invoice invoice on invoice.move = move.id and invoice.type = 'out'
left join (select distinct move from additional_moves) additional on additional.move = move.id
where line.party is not null and line.debit <> line.credit
