"""The figures of a log, folded from its export by a program that shares nothing with the product.

Reads the bodies of the events, one JSON text per CSV row in the order of their positions, and prints the
figures of each shop given and of all of them as JSON. Needs the standard library only:

    python3 reference_fold.py log.csv SHOP_ID...
"""

import csv
import json
import sys


class Transaction:
    def __init__(self, kind, data):
        self.kind = kind
        self.shop = data["shopId"]
        self.status = None
        self.acquirer = "NOT_APPLICABLE"
        self.only_authorized = data.get("authorizationOnly") is True
        self.minor = data["amount"]["minor"]
        self.remittance = None

    def stand(self, status, acquirer):
        self.status = status
        self.acquirer = acquirer

    @property
    def state(self):
        if self.status is None:
            return self.kind + " WITHOUT_OUTCOME"
        return " ".join([self.kind, self.status, self.acquirer])


OPENINGS = {
    "PaymentRequested": "DEBIT",
    "RefundRequested": "REFUND",
    "CancellationRefused": "CANCELLATION",
}
TO_SEND = {"PaymentConfirmed", "RefundAccepted", "RefundConfirmed", "TransactionPutBack"}
REFUSED = {"PaymentRefused", "RefundRefused"}
PENDING = {"PaymentPending", "RefundPending", "AuthorizationOutcomeUnknown"}


def change(transaction, kind, data):
    if kind == "PaymentAccepted":
        waits = transaction.only_authorized
        transaction.stand("ACCEPTED", "AWAITING_CAPTURE" if waits else "TO_SEND")
    elif kind in TO_SEND:
        transaction.stand("ACCEPTED", "TO_SEND")
    elif kind in REFUSED:
        transaction.stand("REFUSED", "NOT_APPLICABLE")
    elif kind in PENDING:
        transaction.stand("PENDING", "AWAITING_CONFIRMATION")
    elif kind == "PaymentAbandoned":
        transaction.stand("ABANDONED", "NOT_APPLICABLE")
    elif kind == "TransactionCaptured":
        transaction.minor = data["amount"]["minor"]
        transaction.stand("ACCEPTED", "TO_SEND")
    elif kind == "TransactionModified":
        transaction.minor = data["amount"]["minor"]
    elif kind == "TransactionCancelled":
        transaction.kind = "CANCELLATION"
    elif kind == "TransactionSetAside":
        transaction.stand("ACCEPTED", "SET_ASIDE")
    elif kind == "TransactionSentToBank":
        transaction.remittance = data["remittanceId"]
        transaction.stand("ACCEPTED", "SENT")


def fold(path):
    transactions = {}
    csv.field_size_limit(1 << 27)
    with open(path, newline="", encoding="utf-8") as export:
        for (body,) in csv.reader(export):
            event = json.loads(body)
            kind, data = event["type"], event["data"]
            identifier = data.get("transactionId")
            if identifier is None:
                continue
            if kind in OPENINGS:
                opened = Transaction(OPENINGS[kind], data)
                if kind == "CancellationRefused":
                    opened.stand("REFUSED", "NOT_APPLICABLE")
                transactions[identifier] = opened
            elif identifier in transactions:
                change(transactions[identifier], kind, data)
    return list(transactions.values())


def total(transactions):
    return {"count": len(transactions), "minor": sum(one.minor for one in transactions)}


def figures(transactions):
    states = {}
    for one in transactions:
        states[one.state] = states.get(one.state, 0) + 1
    counted = [
        one
        for one in transactions
        if one.status == "ACCEPTED" and one.acquirer in ("SENT", "TO_SEND")
    ]
    debits = total([one for one in counted if one.kind == "DEBIT"])
    refunds = total([one for one in counted if one.kind == "REFUND"])
    amounts = [one.minor for one in counted if one.kind == "DEBIT"]
    sent = [one for one in transactions if one.remittance is not None]
    sent_debits = total([one for one in sent if one.kind != "REFUND"])
    sent_credits = total([one for one in sent if one.kind != "DEBIT"])
    count, minor = debits["count"], debits["minor"]
    return {
        "states": states,
        "count": count + refunds["count"],
        "turnoverMinor": minor - refunds["minor"],
        "maximumMinor": max(amounts) if amounts else None,
        "averageMinor": (2 * minor + count) // (2 * count) if count else None,
        "remittances": {
            "count": len({one.remittance for one in sent}),
            "debits": sent_debits,
            "credits": sent_credits,
            "totalMinor": sent_debits["minor"] - sent_credits["minor"],
        },
    }


def main(path, shops):
    ours = [one for one in fold(path) if one.shop in shops]
    by_shop = [figures([one for one in ours if one.shop == shop]) for shop in shops]
    print(json.dumps({"shops": by_shop, "all": figures(ours)}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
