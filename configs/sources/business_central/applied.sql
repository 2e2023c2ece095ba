-- What was applied to what, each time, twice: as of the one entry and as of the other. `amount` is in the currency of
-- `entry_no` and positive where the application lowers what is left of it; where it was undone, negative. An
-- application has a detailed entry for each side. All of them name the entry that was applied (the applying one), which
-- has one itself: of so much of it as all the others.
with
details as (
    select * from detailed_cust_ledg_entry where lower(entry_type) in ('application', '2') and amount <> 0
),
own as (
    select cust_ledger_entry_no, transaction_no, sum(amount) as amount
    from details
    where cust_ledger_entry_no = applied_cust_ledger_entry_no
    group by all
),
others as (
    select
        details.entry_no as detail, details.cust_ledger_entry_no as other,
        details.applied_cust_ledger_entry_no as applying,
        details.transaction_no, details.posting_date, details.created_at::date as created_on, details.amount,
        coalesce(details.amount_lcy, details.amount) as base,
        sum(coalesce(details.amount_lcy, details.amount)) over in_order as base_so_far,
        sum(coalesce(details.amount_lcy, details.amount)) over together as base_of_all
    from details
    where cust_ledger_entry_no <> applied_cust_ledger_entry_no
    window
        together as (partition by applied_cust_ledger_entry_no, transaction_no),
        in_order as (
            partition by applied_cust_ledger_entry_no, transaction_no order by entry_no rows unbounded preceding
        )
),
-- The applying entry's part of each: the same amount in one currency, else its own amount in proportion, in whole
-- ten-thousandths, the pieces of which add up to it.
both_sides as (
    select
        others.*,
        case
            when other_entry.own_currency = applying_entry.own_currency or own.amount is null or base_of_all = 0
            then -others.amount
            else (
                ((own.amount * 10000)::hugeint * (base_so_far * 10000)::hugeint // (base_of_all * 10000)::hugeint
                - (own.amount * 10000)::hugeint * ((base_so_far - base) * 10000)::hugeint
                    // (base_of_all * 10000)::hugeint) * 0.0001
            )::decimal(28, 6)
        end as applying_amount,
        sign(other_entry.owed) as other_sign,
        sign(applying_entry.owed) as applying_sign
    from others
    join entries other_entry on other_entry.entry_no = others.other
    join entries applying_entry on applying_entry.entry_no = others.applying
    left join own on own.cust_ledger_entry_no = others.applying and own.transaction_no = others.transaction_no
)
select
    detail, other as entry_no, applying as against, transaction_no, posting_date as posted_on,
    coalesce(created_on, posting_date) as known_on, (-amount * other_sign)::decimal(28, 6) as amount
from both_sides
union all
select
    detail, applying, other, transaction_no, posting_date, coalesce(created_on, posting_date),
    (-applying_amount * applying_sign)::decimal(28, 6)
from both_sides
