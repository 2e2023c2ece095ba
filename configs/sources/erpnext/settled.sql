with
short as (
    -- What a payment settled beyond the money that came: a discount or a small loss, by the account that it went to.
    select
        deduction.parent as voucher_no,
        sum(deduction.amount) as amount,
        case when bool_or(account.root_type = 'Income') then 'discount' else 'write_off' end as kind
    from deduction
    join payment on payment.name = deduction.parent
    left join account on account.name = deduction.account
    left join company on company.name = payment.company
    where deduction.account is distinct from company.exchange_gain_loss_account
    group by deduction.parent
    having sum(deduction.amount) > 0
)
-- The money of a payment counts first; what goes beyond it is the deduction.
select
    applied.*,
    short.kind as short_kind,
    case when is_payment and lowered > 0 and short.amount is not null
        then greatest(0, least(lowered, short.amount - coalesce(sum(lowered) over later, 0))) else 0 end as not_paid
from applied
left join short on short.voucher_no = applied.voucher_no and applied.role = 'cash'
window later as (
    partition by applied.voucher_no, applied.is_payment
    order by applied.against_voucher_no desc, applied.entered_on desc
    rows between unbounded preceding and 1 preceding
)
