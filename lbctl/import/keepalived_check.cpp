#include <algorithm>
#include <array>
#include <limits>

#include "lbctl/import/keepalived.h"
#include "lbctl/import/words.h"

namespace hawser::lbctl {

namespace {

using config::plain_value;
using config::Table;

constexpr auto kSecond = Milliseconds(1000);

// One kind of checker, and what it takes where nothing is written.
struct KaChecker {
  std::string_view word;
  std::string_view type;  // of ours; empty: there is none
  std::int64_t retries = 1;
  Milliseconds pause{0};  // before a retry; 0: as between two tries
};
constexpr std::array<KaChecker, 10> kCheckers{{
    {"TCP_CHECK", "tcp", 1, kSecond},
    {"HTTP_GET", "http", 1, 3 * kSecond},
    {"SSL_GET", "https", 1, 3 * kSecond},
    {"PING_CHECK", "icmp", 1, kSecond},
    {"DNS_CHECK", "dns", 3, Milliseconds(0)},
    {"SMTP_CHECK", "", 1, kSecond},
    {"UDP_CHECK", "", 1, kSecond},
    {"MISC_CHECK", "", 0, kSecond},
    {"BFD_CHECK", "", 0, kSecond},
    {"FILE_CHECK", "", 0, kSecond},
}};

// A value, and the line that it comes from.
template <class Type>
struct KaFound {
  Type value;
  Origin origin;
};

class KaCheckMaker {
 public:
  KaCheckMaker(const KaChecker& kind, const KaNode& node, const KaCheckScope& scope, Draft& draft)
      : kind_(kind), block_(node, draft), scope_(scope), draft_(draft) {}

  std::vector<DraftSection> make() {
    DraftSection check;
    check.origin = block_.origin();
    check.set_text("type", std::string(kind_.type), block_.origin(), Without::kGoes);
    timing(check);
    whom(check);
    std::vector<DraftSection> made;
    if (kind_.type == "dns") dns(check);
    if (kind_.type == "http" || kind_.type == "https")
      made = urls(check);
    else
      made.push_back(std::move(check));
    block_.leave_rest(kind_.word);
    return made;
  }

 private:
  template <class Type>
  std::optional<KaFound<Type>> found(std::initializer_list<std::string_view> names,
                                     std::optional<Type> (KaBlock::*read)(const KaNode*) const) {
    std::vector<KaBlock*> blocks{&block_};
    blocks.insert(blocks.end(), scope_.around.begin(), scope_.around.end());
    for (auto* block : blocks) {
      const auto* line = block->last(names);
      if (line == nullptr) continue;
      if (const auto value = (block->*read)(line)) return KaFound<Type>{*value, line->origin};
    }
    return std::nullopt;
  }
  std::optional<KaFound<Milliseconds>> seconds(std::string_view name) {
    return found<Milliseconds>({name}, &KaBlock::seconds);
  }

  void timing(DraftSection& check) {
    constexpr auto kInterval = 60 * kSecond;
    constexpr auto kTimeout = 5 * kSecond;
    const auto loop = seconds("delay_loop");
    const auto limit = seconds("connect_timeout");
    const auto timeout = limit ? limit->value : kTimeout;
    const auto wanted = loop ? loop->value : kInterval;
    const auto interval = std::max(wanted, timeout);
    const auto& from = loop ? loop->origin : block_.origin();
    if (interval != wanted)
      draft_.leave_out(from, fmt::format("a try may not take longer than until the next: the interval is {}, "
                                         "as the timeout",
                                         format_duration(timeout)));
    check.set_text("interval", format_duration(interval), from, Without::kGoes);
    check.set_text("timeout", format_duration(timeout), limit ? limit->origin : block_.origin(),
                   Without::kGoes);
    failures(check, wanted);
  }

  // So many retries, that long after a failure; one success is enough.
  void failures(DraftSection& check, Milliseconds interval) {
    const auto retry = found<std::int64_t>({"retry", "nb_get_retry"}, &KaBlock::number);
    const auto retries = retry ? retry->value : kind_.retries;
    check.set_number("fall", std::min<std::int64_t>(retries, std::numeric_limits<std::int32_t>::max()) + 1,
                     retry ? retry->origin : block_.origin());
    check.set_number("rise", 1, block_.origin());
    const auto pause = seconds("delay_before_retry");
    const auto usual = kind_.pause.count() == 0 ? interval : kind_.pause;
    const auto between = pause ? pause->value : usual;
    if (retries > 0 && between != interval)
      check.set_text("fast_interval", format_duration(between), pause ? pause->origin : block_.origin());
  }

  void text(DraftSection& check, std::string_view name, std::string_view key) {
    if (const auto* line = block_.last({name}))
      if (const auto value = block_.value(line)) check.set_text(key, *value, line->origin);
  }
  void whole(DraftSection& check, std::string_view name, std::string_view key) {
    if (const auto* line = block_.last({name}))
      if (const auto value = block_.number(line)) check.set_number(key, *value, line->origin);
  }

  void whom(DraftSection& check) {
    text(check, "connect_ip", "address");
    whole(check, "connect_port", "port");
    text(check, "bindto", "source");
    text(check, "bind_if", "interface");
    whole(check, "fwmark", "mark");
    if (const auto alpha = found<bool>({"alpha"}, &KaBlock::flag); alpha && alpha->value)
      check.set_text("start", "down", alpha->origin);
  }

  void dns(DraftSection& check) {
    text(check, "type", "record");
    text(check, "name", "query");
  }

  // --- HTTP_GET, SSL_GET: each url is a check of its own, and all must pass ---

  std::vector<DraftSection> urls(const DraftSection& like) {
    const auto host = found<std::string>({"virtualhost"}, &KaBlock::value);
    std::vector<DraftSection> made;
    const auto all = block_.all({"url"});
    for (const auto* node : all) {
      auto check = like;
      url(check, *node, host);
      made.push_back(std::move(check));
    }
    if (!all.empty()) return made;
    draft_.leave_out(block_.origin(), "it has no url: / is asked for");
    made.push_back(like);
    return made;
  }

  void url(DraftSection& check, const KaNode& node, const std::optional<KaFound<std::string>>& host) {
    KaBlock block(node, draft_);
    if (host) check.set_text("host", host->value, host->origin);
    for (const auto& [name, key] :
         {std::pair("path", "path"), std::pair("virtualhost", "host"), std::pair("regex", "matches")})
      if (const auto* line = block.last({name}))
        if (const auto value = block.value(line))
          check.set_text(key, *value, line->origin,
                         std::string_view(key) == "path" ? Without::kGoes : Without::kStays);
    if (const auto* line = block.last({"status_code"})) status(check, *line);
    if (const auto* line = block.last({"digest"}))
      draft_.leave_out(line->origin, "a sum by MD5: no word for it, the status alone is looked at");
    if (kind_.type == "https")
      check.set("tls", plain_value(Table{{"verify", {}, plain_value(false)}}), block_.origin());
    block.leave_rest("url");
  }

  // "200-299 400 503", by keepalived also with commas.
  void status(DraftSection& check, const KaNode& line) {
    for (std::size_t i = 1; i < line.words.size(); ++i) {
      std::string_view rest = line.words[i];
      while (!rest.empty()) {
        const auto word = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(word.size() + 1, rest.size()));
        if (word.empty()) continue;
        const auto number = whole_number(word);
        check.append("status", number ? plain_value(*number) : plain_value(std::string(word)), line.origin);
      }
    }
    if (line.words.size() == 1) draft_.leave_out(line.origin, "it names no status");
  }

  const KaChecker& kind_;
  KaBlock block_;
  const KaCheckScope& scope_;
  Draft& draft_;
};

}  // namespace

void import_checkers(KaBlock& block, const KaCheckScope& scope, DraftSection& real, Draft& draft) {
  for (const auto& kind : kCheckers)
    for (const auto* node : block.all({kind.word})) {
      if (kind.type.empty()) {
        leave_out_all(draft, *node,
                      fmt::format("there is no check like {} yet, and nothing asks in its place", kind.word));
        continue;
      }
      for (auto& check : KaCheckMaker(kind, *node, scope, draft).make())
        draft.add_check(real, scope.service, std::move(check), node->origin);
    }
}

}  // namespace hawser::lbctl
