-- Every transaction that changes what a customer owes, and its role:
--   document  an invoice or a credit memo; a claim that a journal entry made
--   cash      a payment, a deposit or a refund; a journal entry against a bank account
--   used      the application of a deposit, which has a date of its own
--   loss, discount   a journal entry that lowers what a customer owes
-- `owed` is negative where the customer owes less. NetSuite's signs differ by type and loader, so the type decides.
with
live as (
    select * from transaction where not coalesce(deleted, false) and not coalesce(voided, false)
),
lines as (
    select
        line.transaction, line.entity, line.foreignamount as owed, account.accttype, account.name
    from transactionline line
    join transactionaccountingline accounting
        on accounting.transaction = line.transaction and accounting.transactionline = line.id
    join account on account.id = accounting.account
    where not coalesce(line.deleted, false) and line.foreignamount <> 0
),
-- What the other side of a journal entry is.
journals as (
    select
        transaction,
        bool_or(accttype in ('Bank', 'UnDepFunds', 'UnDep')) as with_bank,
        bool_or(accttype in ('Income', 'OthIncome') or name ilike '%discount%') as with_discount
    from lines
    where accttype <> 'AcctRec'
    group by transaction
),
of_journals as (
    select transaction, entity, sum(owed) as owed
    from lines
    where accttype = 'AcctRec' and entity is not null
    group by all
),
-- Some loaders have no total: what the lines post to accounts receivable, or for a deposit to the bank, is the same.
totals as (
    select
        transaction, abs(sum(owed) filter (accttype = 'AcctRec')) as receivable,
        abs(sum(owed) filter (accttype in ('Bank', 'UnDepFunds', 'UnDep'))) as bank
    from lines
    group by transaction
),
found as (
    select
        live.id, entity as customer,
        case type
            when 'CustInvc' then 'document' when 'CustCred' then 'document' when 'DepAppl' then 'used' else 'cash'
        end as role,
        case when type in ('CustInvc', 'CustRfnd') then 1 else -1 end
            * coalesce(abs(foreigntotal), totals.receivable, totals.bank) as owed
    from live
    left join totals on totals.transaction = live.id
    where type in ('CustInvc', 'CustCred', 'CustPymt', 'CustDep', 'CustRfnd', 'DepAppl') and coalesce(posting, true)
    union all
    select
        live.id, of_journals.entity,
        case
            when journals.with_bank then 'cash'
            when of_journals.owed > 0 then 'document'
            when journals.with_discount then 'discount'
            else 'loss'
        end,
        of_journals.owed
    from live
    join of_journals on of_journals.transaction = live.id
    left join journals on journals.transaction = live.id
    where live.type = 'Journal' and coalesce(live.posting, true)
)
select
    found.id, found.customer, found.role, found.owed,
    coalesce(live.tranid || '#', '') || live.id as label,
    coalesce(currency.symbol, case when live.currency similar to '[A-Z]{3}' then live.currency end) as currency,
    live.trandate as dated,
    coalesce(live.duedate, live.trandate) as due_on,
    coalesce(live.createddate::date, live.trandate) as known_on,
    live.paymentmethod as method,
    live._origin
from found
join live on live.id = found.id
left join currency on currency.id = live.currency
where found.owed <> 0 and found.customer is not null
