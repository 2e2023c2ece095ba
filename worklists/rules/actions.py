"""What a strategy may ask for, and the tone in which it is said."""

ACTIONS = {
    "pre_due_reminder": "remind before the due date",
    "payment_reminder": "friendly first reminder that the due date has passed",
    "follow_up": "ask for the reason and for a date of payment",
    "firm_demand": "demand payment by a date and name the consequences",
    "final_notice": "last notice before the case leaves the house",
    "escalate_to_agency": "prepare the hand-over to a collection agency",
    "escalate_to_legal": "prepare the hand-over to a lawyer",
}
REMINDER, FOLLOW_UP, FINAL_NOTICE = "pre_due_reminder", "follow_up", "final_notice"
ESCALATIONS = ("escalate_to_agency", "escalate_to_legal")
FORMAL = (FINAL_NOTICE, *ESCALATIONS)  # a lawyer will ask for proof of these: the customer's wish does not count

TONES = ("friendly", "neutral", "firm", "formal")
REMINDER_TONE = "friendly"  # before the due date no one owes an explanation
