// hmac, hmac_mode and hmac_window of [vip.NAME].
#include "lib/config/sections/vip_hmac.h"

#include <algorithm>
#include <set>

#include "lib/config/engine/reading.h"
#include "lib/config/engine/rules.h"
#include "lib/config/sections/registry.h"

namespace hawser::config {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kHex = "hex:";
constexpr std::string_view kHmacExample = "[{ id = 1, key = \"file:/etc/hawser/vrrp.key\" }]";

const Rows<HmacKey>& hmac_key_rows() {
  static const auto rows = Rows<HmacKey>()
                               .add("id", &HmacKey::id, Whole{1, 255}, "names the key in each packet")
                               .add("key", &HmacKey::key, NonEmpty{}, "where its 32 to 64 bytes are");
  return rows;
}

int hex_digit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

Result<Bytes> bytes_of_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) return fail("has an odd number of hexadecimal digits");
  Bytes bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = hex_digit(digits[i]);
    const int low = hex_digit(digits[i + 1]);
    if (high < 0 || low < 0) return fail("has something else than hexadecimal digits behind hex:");
    bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  return bytes;
}

void read_hmac_key(const ReadContext& scope, const Value& item, VipSpec& vip) {
  const auto* table = item.as<Table>();
  if (table == nullptr)
    return scope.problem(item.place, "hmac",
                         fmt::format("must be {{ id = 1, key = \"file:/PATH\" }}, not {}", in_words(item)));
  HmacKey key;
  read_section(scope.silent().inside("hmac"), hmac_key_rows(), *table, key);
  bool good = true;
  for (const auto* wanted : {"id", "key"}) {
    const auto* written = find(*table, wanted);
    good = good && written != nullptr && !scope.report.faulty(written->place);
    if (written == nullptr)
      scope.problem(item.place, "hmac",
                    fmt::format("{} is missing: write {{ id = 1, key = \"file:/PATH\" }}", wanted));
  }
  if (good) vip.hmac.push_back(std::move(key));
}

void read_hmac(const ReadContext& scope, const Value& value, VipSpec& vip) {
  const auto* list = value.as<List>();
  if (list == nullptr)
    return scope.problem(value.place, "hmac",
                         fmt::format("must be a list such as {}, not {}", kHmacExample, in_words(value)));
  if (list->empty()) scope.problem(value.place, "hmac", "must hold at least one key");
  for (const auto& item : *list) read_hmac_key(scope, item, vip);
}

std::optional<Value> write_hmac(const VipSpec& vip) {
  if (vip.hmac.empty()) return std::nullopt;
  List list;
  for (const auto& key : vip.hmac) list.push_back(inline_table(hmac_key_rows(), key));
  return plain_value(std::move(list));
}

// "auto", "off" or a duration.
void read_hmac_window(const ReadContext& scope, const Value& value, VipSpec& vip) {
  const Span lengths{kLeastHmacWindow, kMostHmacWindow, 1s};
  const auto* word = value.as<std::string>();
  if (word != nullptr && (*word == "auto" || *word == "off")) {
    vip.hmac_window = {{}, *word == "off"};
    return;
  }
  if (word == nullptr)
    return scope.problem(
        value.place, "hmac_window",
        fmt::format("must be \"auto\", \"off\" or a duration such as \"5s\", not {}", in_words(value)));
  Milliseconds length{};
  const Fault fault = [&](const Value& at, std::string what) {
    scope.problem(at.place, "hmac_window", std::move(what));
  };
  if (lengths.parse(value, length, fault)) vip.hmac_window = {length, false};
}

std::optional<Value> write_hmac_window(const VipSpec& vip) {
  if (vip.hmac_window.off) return plain_value(std::string("off"));
  return plain_value(vip.hmac_window.length ? format_duration(*vip.hmac_window.length) : std::string("auto"));
}

}  // namespace

void add_hmac(Rows<VipSpec>& rows) {
  rows.custom(
          setting("hmac", "list of { id, key }", "",
                  "of version 3: keys with which advertisements are signed, as keepalived's auth_hmac "
                  "does; the first one signs, every one is accepted; a file holds 32 to 64 characters, or "
                  "hex: and as many bytes"),
          read_hmac, write_hmac)
      .like(kHmacExample)
      .add("hmac_mode", &VipSpec::hmac_mode, Word<HmacMode>{},
           "receive-only: verifies and does not sign; permissive: signs, and hears who does not; enforce: "
           "hears signed advertisements alone")
      .only_if([](const VipSpec& vip) { return !vip.hmac.empty(); })
      .like("\"permissive\"")
      .custom(
          setting("hmac_window", "\"auto\", \"off\" or duration", "\"auto\"",
                  "how far the clocks of two nodes may differ, up to 300s; off: they are not compared, and "
                  "each advertisement has to be later than the one before"),
          read_hmac_window, write_hmac_window)
      .only_if([](const VipSpec& vip) { return !vip.hmac.empty(); })
      .like("\"5s\"");
}

void check_vip_hmac(const File& file, Report& report) {
  const auto wrong = [&](const Section<VipSpec>& vip, std::string_view key, const std::string& what) {
    fault(report, vip, key, what, Part::kVipd);
  };
  for (const auto& [name, vip] : file.vips) {
    for (const auto* key : {"hmac_mode", "hmac_window"})
      if (vip.has(key) && !vip.has("hmac")) wrong(vip, key, "needs hmac: without keys nothing is signed");
    if (vip.has("hmac") && vip.spec.version == 2)
      wrong(vip, "hmac", "needs version = 3: of version 2 there is the password alone");
    std::set<int> ids;
    for (const auto& [id, key, secret] : vip.spec.hmac) {
      if (!ids.insert(id).second) wrong(vip, "hmac", fmt::format("id {} stands there twice", id));
      if (!key.starts_with("file:/") && !key.starts_with("systemd:"))
        wrong(vip, "hmac",
              fmt::format("key of id {} must be \"file:/PATH\" or \"systemd:NAME\": the key itself does not "
                          "stand in this file",
                          id));
    }
  }
}

std::optional<std::chrono::seconds> window_of(const HmacWindow& window, Milliseconds advertisement_interval) {
  if (window.off) return std::nullopt;
  constexpr Milliseconds kLeastAuto{5000};
  const auto length =
      window.length.value_or(std::clamp(3 * advertisement_interval, kLeastAuto, kMostHmacWindow));
  return std::chrono::duration_cast<std::chrono::seconds>(length);
}

Result<Bytes> hmac_secret(std::string_view line) {
  auto bytes = line.starts_with(kHex) ? bytes_of_hex(line.substr(kHex.size()))
                                      : Result<Bytes>(Bytes(line.begin(), line.end()));
  if (bytes && (bytes->size() < kLeastHmacKey || bytes->size() > kMostHmacKey))
    return fail("has {} bytes, and a key has {} to {}: 'openssl rand -hex 32' makes one, behind hex:",
                bytes->size(), kLeastHmacKey, kMostHmacKey);
  return bytes;
}

std::string hmac_line(ByteView secret) {
  std::string line(kHex);
  for (const auto byte : secret) line += fmt::format("{:02x}", byte);
  return line;
}

}  // namespace hawser::config
