#!/bin/sh
# Makes test/vectors/reach-openssl.json with the OpenSSL command line (3.0 or later) and nothing else:
#   sh test/tools/make-reach-vectors.sh > test/vectors/reach-openssl.json
# Every value is new each time; the tests read whatever is there. The command of each value stands beside it.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# A text as a JSON string: backslashes, quotes and line breaks escaped.
json() {
  awk 'BEGIN { printf "\"" } { gsub(/\\/, "\\\\"); gsub(/"/, "\\\""); printf "%s%s", sep, $0; sep = "\\n" } END { printf "\\n\"" }' "$1"
}
base64url() {
  openssl base64 -A | tr '+/' '-_' | tr -d '='
}

# As long as a RolloutKey may be, and with what a shell or a URL would choke on.
passphrase='Rollout-Key: 5f$w&/="Ü 0001'
printf '%s' "$passphrase" > passphrase

openssl genrsa -traditional -out key.pem 2048 2> /dev/null
openssl pkcs8 -topk8 -nocrypt -in key.pem -out plain.pem
openssl rsa -in key.pem -pubout -out public.pem 2> /dev/null

printf '{\n  "made by": "%s, test/tools/make-reach-vectors.sh",\n' "$(openssl version)"
printf '  "rolloutKey": %s,\n' "$(json passphrase | sed 's/\\n"$/"/')"
printf '  "deviceKey": {\n    "command": "openssl genrsa -traditional 2048 | openssl pkcs8 -topk8 -nocrypt",\n    "pem": %s\n  },\n' "$(json plain.pem)"

# PKCS#1 with DEK-Info, as the guide prints it, and other algorithms that it may change to.
printf '  "encryptedDeviceKeys": [\n'
for cipher in aes-256-cbc aes-192-cbc aes-128-cbc des-ede3-cbc camellia-256-cbc aria-256-cbc aes-256-cfb; do
  openssl rsa -in key.pem -traditional "-$cipher" -passout file:passphrase -out encrypted.pem 2> /dev/null
  printf '    {\n      "command": "openssl rsa -traditional -%s -passout file:rolloutKey",\n      "pem": %s\n    },\n' "$cipher" "$(json encrypted.pem)"
done
# PKCS#8 names its algorithm inside.
separator=''
while read -r options; do
  # shellcheck disable=SC2086
  openssl pkcs8 -topk8 -in key.pem $options -passout file:passphrase -out encrypted.pem
  printf '%s    {\n      "command": "openssl pkcs8 -topk8 %s -passout file:rolloutKey",\n      "pem": %s\n    }' "$separator" "$options" "$(json encrypted.pem)"
  separator=',
'
done << LIST
-v2 aes-256-cbc
-v2 aes-128-cbc -v2prf hmacWithSHA512
-v2 des3
-v2 camellia-256-cbc
-scrypt
-v1 PBE-SHA1-3DES
LIST
printf '\n  ],\n'

# Device secrets of several lengths, also one that is longer than HMAC-SHA512's block.
printf '  "links": [\n'
separator=''
for length in 16 32 64 130; do
  openssl rand "$length" > secret
  hex=$(od -An -v -tx1 secret | tr -d ' \n')
  tenant_nonce=$(openssl rand -hex 16)
  target_nonce=$(openssl rand -hex 16)
  tenant_id=t0001
  remotecontrol_id=r124124124
  encrypted=$(openssl pkeyutl -encrypt -pubin -inkey public.pem -in secret \
    -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha1 -pkeyopt rsa_mgf1_md:sha1 | base64url)
  master=$(printf '%s' "$tenant_nonce$target_nonce${tenant_id#t}${remotecontrol_id#r}" |
    openssl dgst -sha512 -mac HMAC -macopt "hexkey:$hex" -binary | base64url)
  printf '%s' "$separator"
  cat << JSON
    {
      "encryptedDeviceSecretCommand": "openssl pkeyutl -encrypt -pubin -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha1 -pkeyopt rsa_mgf1_md:sha1",
      "masterSecretCommand": "printf nonces and IDs | openssl dgst -sha512 -mac HMAC -macopt hexkey:deviceSecret -binary",
      "deviceSecret": "$hex",
      "encryptedDeviceSecret": "$encrypted",
      "tenantNonce": "$tenant_nonce",
      "targetNonce": "$target_nonce",
      "tenantId": "$tenant_id",
      "remotecontrolId": "$remotecontrol_id",
      "masterSecret": "$master",
      "linkTemplate": "teamviewerapi://remotecontrol?secret=YOURMASTERSECRET&v=1",
      "link": "teamviewerapi://remotecontrol?secret=$master&v=1"
    }
JSON
  separator='    ,
'
done
printf '  ]\n}\n'
