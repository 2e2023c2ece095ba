-- What was set against what. A clearing (AUGBL) only names its items, so within one the credits meet the debits in
-- order: what was reversed first, then by due date; two in one order always meet the same way.
with
-- What each document and each payment has in a clearing: its items in it, less the residual item that the clearing
-- left. A payment in part counts for its invoice before any clearing, so it lowers what the invoice has in it.
shares as (
    select
        bukrs, augbl, auggj, augdt, cleared_known_on, clears_itself, part_of, item, root, role, kunnr, owed, base,
        discount
    from items
    where augbl is not null
    union all
    select
        residual.bukrs, parent.augbl, parent.auggj, parent.augdt, parent.cleared_known_on, null, null,
        residual.item, residual.root, residual.role, residual.kunnr, -residual.owed, -residual.base, 0
    from items residual
    join items parent on parent.item = residual.refers_to
    where residual.is_residual
),
taken as (
    -- The discount that a payment took is in its line: so much of it is no money. In whole thousandths, as below.
    select
        *,
        case when role = 'cash' and owed < 0 and part_of is null then discount else 0 end as off,
        case
            when role = 'cash' and owed < 0 and part_of is null and discount > 0
            then (
                (-base * 1000)::hugeint * (discount * 1000)::hugeint // (-owed * 1000)::hugeint * 0.001
            )::decimal(28, 3)
            else 0
        end as base_off
    from shares
),
split as (
    select * replace (owed + off as owed, base + base_off as base), coalesce(part_of, root) as of
    from taken
    union all
    select * replace (-off as owed, -base_off as base), item || '-discount' as of
    from taken
    where off > 0
),
positions as (
    select
        bukrs, augbl, auggj, of as item, max(augdt) as augdt, max(cleared_known_on) as known_on,
        bool_and(coalesce(clears_itself, true)) as clears_itself, sum(owed) as owed, sum(base) as base
    from split
    group by bukrs, augbl, auggj, of
    having sum(owed) <> 0
),
-- Money that is a payment in part is its invoice's; discounts have no item of their own.
described as (
    select
        positions.*,
        coalesce(own.role, 'discount') as role,
        coalesce(own.kunnr, paid.kunnr) as kunnr,
        coalesce(own.currency, paid.currency) as currency,
        coalesce(own.due_on, paid.due_on) as due_on
    from positions
    left join items own on own.item = positions.item
    left join items paid on own.item is null and paid.item || '-discount' = positions.item
),
-- In whole thousandths, in the currency that all have, else in the company code's.
measured as (
    select
        *,
        (case
            when min(currency) over clearing = max(currency) over clearing then owed
            when sign(base) = sign(owed) then base
            else owed
        end * 1000)::hugeint as size,
        (owed * 1000)::hugeint as own
    from described
    window clearing as (partition by bukrs, augbl, auggj)
),
placed as (
    select *, sum(abs(size)) over in_order - abs(size) as start, sum(abs(size)) over in_order as stop
    from measured
    window in_order as (
        partition by bukrs, augbl, auggj, size > 0
        order by
            kunnr, case role when 'cancelled' then 0 when 'document' then 1 when 'cash' then 2 else 3 end, due_on, item
        rows unbounded preceding
    )
),
met as (
    select
        debit.item as debit, debit.role as debit_role, debit.currency as debit_currency, debit.own as debit_own,
        abs(debit.size) as debit_size, debit.start as debit_start, debit.clears_itself as debit_clears_itself,
        credit.item as credit, credit.role as credit_role, credit.currency as credit_currency,
        -credit.own as credit_own,
        abs(credit.size) as credit_size, credit.start as credit_start, credit.clears_itself as credit_clears_itself,
        debit.augdt as posted_on, debit.known_on, debit.bukrs || '-' || debit.augbl || '-' || debit.auggj as clearing,
        greatest(debit.start, credit.start) as low,
        least(debit.stop, credit.stop) as high
    from placed debit
    join placed credit
        on credit.bukrs = debit.bukrs and credit.augbl = debit.augbl and credit.auggj = debit.auggj
        and debit.size > 0 and credit.size < 0 and credit.start < debit.stop and debit.start < credit.stop
)
-- Of each side in its own currency, in whole thousandths: the pieces of one side add up to it.
select
    debit, debit_role, debit_currency, debit_clears_itself, credit, credit_role, credit_currency, credit_clears_itself,
    posted_on, known_on, clearing,
    ((debit_own * (high - debit_start) // debit_size - debit_own * (low - debit_start) // debit_size) * 0.001)
        ::decimal(28, 3) as debit_amount,
    ((credit_own * (high - credit_start) // credit_size - credit_own * (low - credit_start) // credit_size) * 0.001)
        ::decimal(28, 3) as credit_amount
from met
