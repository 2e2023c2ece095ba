with
journals as (
    -- What is on the other side of a journal entry; a loss where it is booked as one.
    select
        journal.name,
        min(journal.creation)::date as created_on,
        bool_or(account.account_type in ('Bank', 'Cash')) as is_money,
        case
            when bool_or(journal.voucher_type = 'Write Off Entry') or bool_or(account.root_type = 'Expense')
                then 'write_off'
            when bool_or(account.root_type = 'Income') then 'discount'
        end as loss
    from journal
    join journal_account on journal_account.parent = journal.name
    left join account on account.name = journal_account.account
    group by journal.name
)
select
    entry.voucher_type, entry.voucher_no, entry.party, entry.currency,
    min(entry.posted_on) as posted_on,
    -- Reconciling may write the rows of a payment anew: its document knows when it came, if it was no draft for
    -- long.
    least(min(entry.known_on), greatest(
        coalesce(min(payment.creation)::date, min(journals.created_on), min(entry.known_on)), min(entry.posted_on)
    )) as known_on,
    min(entry.known_on) as first_entry_on,
    any_value(payment.mode_of_payment) as method,
    any_value(journals.loss) as loss,
    case
        when entry.voucher_type = 'Payment Entry' or bool_or(journals.is_money) then 'cash'
        when any_value(journals.loss) is not null then 'loss'
        else 'document'
    end as role
from entries entry
left join payment on entry.voucher_type = 'Payment Entry' and payment.name = entry.voucher_no
left join journals on entry.voucher_type = 'Journal Entry' and journals.name = entry.voucher_no
group by entry.voucher_type, entry.voucher_no, entry.party, entry.currency
