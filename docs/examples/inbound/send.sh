body='{"reference":"o-1","cents":1200}'
id="msg_$(date +%s)"
now=$(date +%s)
key=$(printf %s "${PAYMENT_WEBHOOK_SECRET#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \n')
signature=$(printf %s "$id.$now.$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)
curl -i "$URL/orders/inbound/PaymentReceived" --json "$body" \
  -H "webhook-id: $id" -H "webhook-timestamp: $now" -H "webhook-signature: v1,$signature"
