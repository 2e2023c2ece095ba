-- What lowered a document without new money: losses, cancellations, credit notes that were used, and money on account
-- that was set against a document on a later day than it was booked.
with
-- The same in each query of this source: posted lines of receivable accounts, and what each of them is.
-- `owed` is in the line's own currency, `base` in the company's; both are negative where the customer owes less.
lines as (
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
),
-- What was set against each other: the lines of one reconciliation, or an invoice and its part payments.
grouped as (
    select
        lines.*,
        coalesce('r' || lines.reconciliation, 'i' || coalesce(lines.invoice, part.invoice)) as cleared,
        part.invoice as part_of,
        part.create_date::date as part_known_on,
        reconciliation.create_date::date as reconciled_on
    from lines
    left join (
        select line, min(invoice) as invoice, min(create_date) as create_date from payment_lines group by line
    ) part on part.line = lines.id
    left join account_move_reconciliation reconciliation on reconciliation.id = lines.reconciliation
),
-- In the currency that all of them have, else in the company's. An exchange difference has none of the former.
measured as (
    select
        grouped.*,
        case
            when min(currency) filter (role <> 'loss') over together
                = max(currency) filter (role <> 'loss') over together
            then case when currency = min(currency) filter (role <> 'loss') over together then owed else 0 end
            else base
        end as size
    from grouped
    where cleared is not null
    window together as (partition by cleared)
),
-- Tryton does not say which credit settled which debit: the oldest due first, money before notes, losses last.
placed as (
    select
        measured.*,
        sum(abs(size)) over in_order - abs(size) as start,
        sum(abs(size)) over in_order as stop
    from measured
    where size <> 0
    window in_order as (
        partition by cleared, size > 0
        order by case role when 'cancelled' then 0 when 'cash' then 1 when 'document' then 2 else 3 end, due_on, id
        rows unbounded preceding
    )
),
met as (
    select
        debit.id as debit, debit.label as debit_label, debit.role as debit_role, debit.currency as debit_currency,
        credit.id as credit, credit.label as credit_label, credit.role as credit_role,
        credit.currency as credit_currency, debit.party, debit.cleared,
        debit.dated as debit_dated, credit.dated as credit_dated,
        debit.known_on as debit_known_on, credit.known_on as credit_known_on,
        greatest(debit.dated, credit.dated) as dated,
        -- A part payment was known to be of the invoice before the rest came and all was reconciled.
        greatest(debit.known_on, credit.known_on, coalesce(
            case when credit.part_of = debit.invoice then credit.part_known_on end,
            case when debit.part_of = credit.invoice then debit.part_known_on end,
            debit.reconciled_on
        )) as known_on,
        debit.owed as debit_owed, debit.size as debit_size, debit.start as debit_start,
        credit.owed as credit_owed, credit.size as credit_size, credit.start as credit_start,
        greatest(debit.start, credit.start) as low,
        least(debit.stop, credit.stop) as high
    from placed debit
    join placed credit
        on credit.cleared = debit.cleared and debit.size > 0 and credit.size < 0
        and credit.start < debit.stop and debit.start < credit.stop
),
-- Of each side in its own currency; the rounded pieces of one line add up to the line.
pairs as (
    select
        *,
        case
            when debit_owed = debit_size then high - low
            else round(debit_owed / debit_size * (high - debit_start), 2)
                - round(debit_owed / debit_size * (low - debit_start), 2)
        end::decimal(28, 6) as debit_amount,
        case
            when credit_owed = credit_size then high - low
            else round(credit_owed / credit_size * (high - credit_start), 2)
                - round(credit_owed / credit_size * (low - credit_start), 2)
        end::decimal(28, 6) as credit_amount
    from met
),
changes as (
    select
        pairs.*,
        case other
            when 'loss' then 'write_off'
            when 'cancelled' then 'cancellation'
            else 'credit_applied'
        end as kind
    from (
        select *, debit as line, credit as against, debit_label as label, debit_amount as amount,
            debit_currency as currency, credit_role as other, credit_known_on as other_known_on
        from pairs
        where debit_role = 'document'
        union all
        select *, credit, debit, credit_label, -credit_amount, credit_currency, debit_role, debit_known_on
        from pairs
        where credit_role = 'document'
    ) pairs
    -- Money that was known to be of the document from its first day is a payment of it.
    where other <> 'cash' or known_on > other_known_on
)
select
    line || '-' || against as adjustment_id,
    label as invoice_id,
    kind,
    -- What is set against each other is entered on a day; a loss or a cancellation is booked with a date.
    case kind when 'credit_applied' then known_on else dated end as posted_on,
    amount,
    currency,
    known_on,
    'account_move_line ' || line as _origin
from changes
