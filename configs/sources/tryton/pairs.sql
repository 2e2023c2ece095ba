-- Of each side in its own currency; the rounded pieces of one line add up to the line.
with
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
)
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
