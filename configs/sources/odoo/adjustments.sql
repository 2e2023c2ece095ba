-- What lowered a document without new money: losses and discounts, credit notes that were used, and money on account
-- that was set against a document on a later day than it was booked.
with
-- The same in each query of this source, up to `lines`. Some loaders keep what was deleted, marked as such: a match
-- that was undone, say.
partials as (
    select * from account_partial_reconcile where coalesce(lower(deleted), '') in ('', 'false', 'f', '0')
),
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
),
-- Posted lines of receivable accounts, and what each of them is. `owed` is in the line's own currency, negative where
-- the customer owes less.
lines as (
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
),
-- What was set against each other: a row of account_partial_reconcile always has the debit and the credit, so that for
-- a refund the "debit" is the money, or the invoice that the credit note was used for.
pairs as (
    select
        partial.id as partial,
        debit.id as debit, debit.label as debit_label, debit.role as debit_role, debit.currency as debit_currency,
        credit.id as credit, credit.label as credit_label, credit.role as credit_role,
        credit.currency as credit_currency, credit.nominal as credit_nominal, credit.partner,
        debit.known_on as debit_known_on, credit.known_on as credit_known_on,
        greatest(debit.dated, credit.dated) as dated,
        greatest(partial.create_date::date, debit.known_on, credit.known_on) as known_on,
        partial.debit_amount_currency as debit_amount,
        partial.credit_amount_currency as credit_amount,
        -- Of a payment with a discount, the money counts first; what goes beyond it is the discount.
        case when credit.role = 'cash' and credit.discount > 0 then greatest(0, least(
            partial.credit_amount_currency,
            sum(partial.credit_amount_currency) over earlier + credit.discount + credit.owed
        )) else 0 end as discount
    from partials partial
    join lines debit on debit.id = partial.debit_move_id
    join lines credit on credit.id = partial.credit_move_id
    window earlier as (partition by credit.id order by partial.id rows unbounded preceding)
),
changes as (
    select
        partial, debit as line, debit_label as label, debit_amount as amount, debit_currency as currency,
        case when credit_role <> 'loss' then 'credit_applied' when credit_nominal = 'income' then 'discount'
            else 'write_off' end as kind,
        case when credit_role = 'loss' then dated else known_on end as posted_on, known_on
    from pairs
    -- Money that was known to be of the document from its first day is a payment of it.
    where debit_role = 'document' and (credit_role <> 'cash' or known_on > credit_known_on)
    union all
    select partial, credit, credit_label, -credit_amount, credit_currency, 'credit_applied', known_on, known_on
    from pairs
    where credit_role = 'document' and (debit_role <> 'cash' or known_on > debit_known_on)
    union all
    select partial, debit, debit_label, discount, debit_currency, 'discount', dated, known_on
    from pairs
    where debit_role = 'document' and discount > 0 and known_on <= credit_known_on
)
select
    line || '-' || partial || '-' || kind as adjustment_id,
    label as invoice_id,
    kind,
    posted_on,
    amount,
    currency,
    known_on,
    'account_move_line ' || line as _origin
from changes
