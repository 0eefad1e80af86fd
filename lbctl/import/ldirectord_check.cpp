#include "lbctl/import/ldirectord_check.h"

#include <algorithm>
#include <array>

#include "lbctl/import/words.h"

namespace hawser::lbctl {

namespace {

using config::plain_value;

struct LdService {
  std::uint16_t port;  // what it is taken for where the virtual service has this port
  std::string_view word;
};
constexpr std::array<LdService, 19> kServices{{
    {21, "ftp"},          {25, "smtp"},    {53, "dns"},   {80, "http"},     {110, "pop"},
    {119, "nntp"},        {143, "imap"},   {389, "ldap"}, {443, "https"},   {587, "submission"},
    {636, "ldaps"},       {993, "imaps"},  {995, "pops"}, {1521, "oracle"}, {1812, "radius"},
    {3128, "http_proxy"}, {3306, "mysql"}, {5060, "sip"}, {5432, "pgsql"},
}};

// Perl's pattern that means itself.
bool is_plain_text(std::string_view pattern) {
  return pattern.find_first_of("\\^$.|?*+()[]{}") == std::string_view::npos;
}

bool time_above_zero(const LdSetting& setting) {
  return seconds_in(setting.value).value_or(Milliseconds(0)).count() > 0;
}

class LdCheckMaker {
 public:
  LdCheckMaker(const LdScope& scope, const LdWhom& whom, const LdAsked& asked, Draft& draft)
      : scope_(scope), whom_(whom), asked_(asked), draft_(draft) {}

  std::optional<DraftSection> make() {
    const auto* type = scope_.own("checktype");
    const auto word = type == nullptr ? std::string("negotiate") : type->value;
    check_.origin = type == nullptr ? scope_.head().origin : type->origin;
    const bool asks = make_type(word);
    return asks ? std::optional(std::move(check_)) : std::nullopt;
  }

 private:
  bool make_type(const std::string& word) {
    if (word == "on" || word == "off") return false;
    if (word == "connect") return whom_.protocol == "udp" ? of_type("icmp", false) : of_type("tcp", false);
    if (word == "ping") return of_type("icmp", false);
    if (word == "external" || word == "external-perl") {
      draft_.leave_out(check_.origin,
                       "no word for the arguments of such a program: nothing checks in its place");
      return false;
    }
    if (whole_number(word))
      draft_.leave_out(check_.origin, "every try asks for an answer here, none only connects");
    else if (word != "negotiate") {
      draft_.leave_out(check_.origin, "no such checktype: nothing checks in its place");
      return false;
    }
    return negotiate();
  }

  bool of_type(std::string_view type, bool negotiates) {
    check_.set_text("type", std::string(type), check_.origin, Without::kGoes);
    set_timing(negotiates);
    set_port();
    return true;
  }

  bool negotiate() {
    const auto* service = scope_.own("service");
    auto word = std::string(usual_service());
    if (service != nullptr) {
      word = service->value;
      check_.origin = service->origin;
    }
    if (word == "none") return false;
    if (word == "http" || word == "https") return http(word);
    if (word == "dns") return dns();
    if (word == "simpletcp") return simple_tcp();
    of_type(word, true);
    for (const std::string_view key : {"login", "passwd", "database", "secret", "request", "receive"})
      if (const auto* setting = scope_.own(key))
        draft_.leave_out(setting->origin, fmt::format("no check here asks as {} is asked", word));
    return true;
  }

  [[nodiscard]] std::string_view usual_service() const {
    if (whom_.protocol == "fwm") return "none";
    const auto* const found = std::ranges::find(kServices, whom_.virtual_port, &LdService::port);
    return found == kServices.end() ? "none" : found->word;
  }

  [[nodiscard]] std::string request() const {
    if (asked_.request) return *asked_.request;
    const auto* setting = scope_.own("request");
    return setting == nullptr ? std::string() : setting->value;
  }
  [[nodiscard]] const Origin& origin_of(std::string_view key, const std::optional<std::string>& own) const {
    const auto* setting = scope_.own(key);
    return own || setting == nullptr ? asked_.origin : setting->origin;
  }
  [[nodiscard]] std::string receive() const {
    if (asked_.receive) return *asked_.receive;
    const auto* setting = scope_.own("receive");
    return setting == nullptr ? std::string() : setting->value;
  }

  bool http(const std::string& word) {
    of_type(word, true);
    if (const auto path = request(); !path.empty())
      check_.set_text("path", path.starts_with('/') ? path : "/" + path, origin_of("request", asked_.request),
                      Without::kGoes);
    if (const auto* method = scope_.own("httpmethod")) {
      auto upper = method->value;
      std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
      check_.set_text("method", upper, method->origin);
    }
    if (const auto* host = scope_.own("virtualhost")) check_.set_text("host", host->value, host->origin);
    // LWP: as many redirects are followed.
    constexpr std::int64_t kRedirects = 7;
    check_.set_number("redirects", kRedirects, check_.origin);
    if (word == "https")
      check_.set("tls", plain_value(config::Table{{"verify", {}, plain_value(false)}}), check_.origin);
    expect("contains");
    return true;
  }

  // What the answer must match, in the key for plain text or in that for patterns.
  void expect(std::string_view plain_key) {
    const auto pattern = receive();
    if (pattern.empty()) return;
    check_.set_text(is_plain_text(pattern) ? plain_key : "matches", pattern,
                    origin_of("receive", asked_.receive));
  }

  bool dns() {
    of_type("dns", true);
    if (whom_.protocol == "tcp") check_.set_text("transport", "tcp", check_.origin);
    if (const auto name = request(); !name.empty())
      check_.set_text("query", name, origin_of("request", asked_.request));
    if (const auto answer = receive(); !answer.empty())
      check_.set_text("answer", answer, origin_of("receive", asked_.receive));
    return true;
  }

  bool simple_tcp() {
    of_type("tcp", true);
    if (const auto text = request(); !text.empty())
      check_.set_text("send", text, origin_of("request", asked_.request));
    if (const auto answer = receive(); !answer.empty())
      check_.set_text("expect", answer, origin_of("receive", asked_.receive));
    return true;
  }

  const LdSetting* first_timeout(std::string_view key, std::string_view other) const {
    for (const auto* setting : {scope_.own(key), scope_.own(other), scope_.global(key), scope_.global(other)})
      if (setting != nullptr && time_above_zero(*setting)) return setting;
    return nullptr;
  }

  void set_timing(bool negotiates) {
    constexpr auto kConnect = Milliseconds(5000);
    constexpr auto kNegotiate = Milliseconds(30000);
    constexpr auto kInterval = Milliseconds(10000);
    const auto* written = negotiates ? first_timeout("negotiatetimeout", "checktimeout")
                                     : first_timeout("checktimeout", "negotiatetimeout");
    const auto timeout = written != nullptr ? *seconds_in(written->value)
                         : negotiates       ? kNegotiate
                                            : kConnect;
    const auto* pause = interval_setting();
    const auto interval = pause != nullptr ? *seconds_in(pause->value) : kInterval;
    const auto& from = pause != nullptr ? pause->origin : check_.origin;
    if (timeout > interval)
      draft_.leave_out(from, fmt::format("a try begins every {0}, and may not take longer than until the "
                                         "next: the interval is {0}, as the timeout",
                                         format_duration(timeout)));
    check_.set_text("interval", format_duration(std::max(interval, timeout)), from, Without::kGoes);
    check_.set_text("timeout", format_duration(timeout), written != nullptr ? written->origin : check_.origin,
                    Without::kGoes);
    const auto* fall = scope_.any("failurecount");
    check_.set_number("fall", fall == nullptr ? 1 : whole_number(fall->value).value_or(1),
                      fall == nullptr ? check_.origin : fall->origin);
    check_.set_number("rise", 1, check_.origin);
  }

  // One of its own counts with fork = yes only.
  [[nodiscard]] const LdSetting* interval_setting() const {
    const auto* fork = scope_.global("fork");
    const auto* own = fork != nullptr && fork->value == "yes" ? scope_.own("checkinterval") : nullptr;
    const auto* setting = own != nullptr ? own : scope_.global("checkinterval");
    return setting != nullptr && time_above_zero(*setting) ? setting : nullptr;
  }

  void set_port() {
    if (const auto* port = scope_.own("checkport")) {
      if (const auto number = port_number(port->value))
        return check_.set_number("port", *number, port->origin);
      draft_.leave_out(port->origin, "it is no port from 1 to 65535");
    }
    if (whom_.real_port != 0) return;
    const auto* service = scope_.own("service");
    const auto word = service == nullptr ? usual_service() : std::string_view(service->value);
    const auto* const found = std::ranges::find(kServices, word, &LdService::word);
    if (found != kServices.end()) check_.set_number("port", found->port, check_.origin);
  }

  const LdScope& scope_;
  const LdWhom& whom_;
  const LdAsked& asked_;
  Draft& draft_;
  DraftSection check_;
};

const LdSetting* last_of(const std::vector<LdSetting>& settings, std::string_view key) {
  const auto found =
      std::find_if(settings.rbegin(), settings.rend(), [&](const LdSetting& one) { return one.key == key; });
  return found == settings.rend() ? nullptr : &*found;
}

}  // namespace

const LdSetting* LdScope::own(std::string_view key) const {
  return last_of(virtual_.settings, key);
}

const LdSetting* LdScope::global(std::string_view key) const {
  return last_of(file_.globals, key);
}

const LdSetting* LdScope::any(std::string_view key) const {
  const auto* setting = own(key);
  return setting != nullptr ? setting : global(key);
}

std::optional<DraftSection> ldirectord_check(const LdScope& scope, const LdWhom& whom, const LdAsked& asked,
                                             Draft& draft) {
  return LdCheckMaker(scope, whom, asked, draft).make();
}

}  // namespace hawser::lbctl
