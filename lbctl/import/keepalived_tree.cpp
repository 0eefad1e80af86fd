#include "lbctl/import/keepalived_tree.h"

#include <algorithm>
#include <array>

#include "lbctl/import/words.h"

namespace hawser::lbctl {

namespace {

struct KaToken {
  enum class Kind : std::uint8_t { kWord, kOpen, kClose } kind = Kind::kWord;
  std::string word;
};

class KaTokens {
 public:
  explicit KaTokens(std::string_view text) : text_(text) {}

  std::vector<KaToken> read() {
    while (at_ < text_.size()) one();
    end_word();
    return std::move(tokens_);
  }

 private:
  void one() {
    const char letter = text_[at_];
    if (letter == '\\' && at_ + 1 < text_.size()) {
      add(text_[at_ + 1]);
      at_ += 2;
    } else if (letter == '"' || letter == '\'') {
      quoted(letter);
    } else if (!in_definition_ &&
               (letter == ' ' || letter == '\t' || letter == '\r' || letter == '\f' || letter == '\v')) {
      end_word();
      ++at_;
    } else if (letter == '{' && !word_.ends_with('$')) {
      brace(KaToken::Kind::kOpen);
    } else if (letter == '}' && !in_definition_) {
      brace(KaToken::Kind::kClose);
    } else {  // "${NAME}" that nobody defined stays as it is, and "${_ENV NAME}" is one word
      in_definition_ = letter == '{' || (in_definition_ && letter != '}');
      add(letter);
      ++at_;
    }
  }

  void add(char letter) {
    word_ += letter;
    has_word_ = true;
  }

  void quoted(char quote) {
    has_word_ = true;  // "" is a word, too
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      word_ += text_[at_];
    }
    ++at_;
  }

  void brace(KaToken::Kind kind) {
    end_word();
    tokens_.push_back({kind, {}});
    ++at_;
  }

  void end_word() {
    if (has_word_) tokens_.push_back({KaToken::Kind::kWord, std::move(word_)});
    word_.clear();
    has_word_ = in_definition_ = false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string word_;
  bool has_word_ = false, in_definition_ = false;
  std::vector<KaToken> tokens_;
};

class KaTreeMaker {
 public:
  explicit KaTreeMaker(Draft& draft) : draft_(draft) {}

  void line(const KaLine& line) {
    std::vector<std::string> words;
    for (auto& token : KaTokens(line.text).read()) {
      switch (token.kind) {
        case KaToken::Kind::kWord:
          words.push_back(std::move(token.word));
          break;
        case KaToken::Kind::kOpen:
          open(std::exchange(words, {}), line.origin);
          break;
        case KaToken::Kind::kClose:
          leaf(std::exchange(words, {}), line.origin);
          close(line.origin);
          break;
      }
    }
    leaf(std::move(words), line.origin);
  }

  std::vector<KaNode> take() {
    for (; blocks_.size() > 1; close_last())
      draft_.leave_out(blocks_.back().origin, "its block is not closed: it is read to the end of the file");
    return std::move(blocks_.front().inside);
  }

 private:
  static constexpr std::size_t kDeepest = 32;

  void leaf(std::vector<std::string> words, const Origin& origin) {
    if (!words.empty()) blocks_.back().inside.push_back({origin, std::move(words), {}, false});
  }

  // Its brace may stand on a line of its own.
  void open(std::vector<std::string> words, const Origin& origin) {
    auto& around = blocks_.back().inside;
    KaNode node{origin, std::move(words), {}, true};
    if (node.words.empty() && !around.empty() && !around.back().is_block) {
      node = std::move(around.back());
      node.is_block = true;
      around.pop_back();
    } else if (node.words.empty()) {
      draft_.leave_out(origin, "{ opens a block that has no name");
    }
    if (blocks_.size() > kDeepest) draft_.leave_out(origin, "too many blocks in each other");
    blocks_.push_back(std::move(node));
  }

  void close(const Origin& origin) {
    if (blocks_.size() > 1) return close_last();
    draft_.leave_out(origin, "} closes nothing");
  }

  void close_last() {
    auto node = std::move(blocks_.back());
    blocks_.pop_back();
    if (blocks_.size() > kDeepest || node.words.empty()) return leave_inside(node);
    blocks_.back().inside.push_back(std::move(node));
  }

  void leave_inside(const KaNode& node) {
    for (const auto& one : node.inside) leave_out_all(draft_, one, "what it belongs to is left out");
  }

  Draft& draft_;
  std::vector<KaNode> blocks_{1};  // the file itself, then what is open
};

// "@lb1 priority 150", "@^lb1 ..": for the hosts that are called so, or for the others.
void without_conditions(std::vector<KaNode>& nodes, Draft& draft) {
  for (const auto& node : nodes)
    if (node.words.front().starts_with('@'))
      leave_out_all(draft, node, "it is for some hosts only: import the file as each of them has it");
  std::erase_if(nodes, [](const KaNode& node) { return node.words.front().starts_with('@'); });
  for (auto& node : nodes) without_conditions(node.inside, draft);
}

struct KaReason {
  std::string_view words;  // each between blanks; "notify*": whatever begins so
  std::string_view why;
};
constexpr std::array<KaReason, 12> kReasons{{
    {"notify* quorum_up quorum_down", "hooks are not run yet"},
    {"smtp* email* notification_email*", "alerts are not there yet"},
    {"auth_type auth_pass authentication",
     "version 3 has no passwords; for version 2 write the password into a file and name that: password "
     "= \"file:/PATH\""},
    {"track_script track_process track_file track_bfd vrrp_script vrrp_track_process track_file",
     "scripts, processes and files are not tracked yet"},
    {"static_ipaddress static_routes static_rules",
     "what stays on this host belongs to [link.NAME] and [[rule]]"},
    {"virtual_routes virtual_rules", "only addresses move, routes and rules do not"},
    {"lvs_sync_daemon lvs_sync_daemon_interface lvs_sync_daemon_inteface",
     "write [ipvs] sync by hand: here both daemons run on every director, whoever is Active"},
    {"snmp_name snmp* enable_snmp* enable_traps", "there is no SNMP"},
    {"router_id", "a host is called by its host name, or by /etc/hawser/node"},
    {"garp_* vrrp_garp_* vrrp_gna_*", "announcements follow [vip.NAME] announce: count and interval"},
    {"script_user enable_script_security", "nothing is run that others than root can write to"},
    {"vrrp_strict strict_mode",
     "the election keeps to the RFC without being asked; that its addresses take no packets is accept = "
     "false "
     "of each vip"},
}};

std::string_view reason_for(std::string_view word) {
  for (const auto& [words, why] : kReasons)
    for (const auto& known : words_of(words)) {
      const bool prefix = known.ends_with('*');
      const auto begin = std::string_view(known).substr(0, known.size() - (prefix ? 1 : 0));
      if (prefix ? word.starts_with(begin) : word == begin) return why;
    }
  return {};
}

}  // namespace

std::vector<KaNode> keepalived_tree(const std::vector<KaLine>& lines, Draft& draft) {
  KaTreeMaker maker(draft);
  for (const auto& line : lines) maker.line(line);
  auto nodes = maker.take();
  without_conditions(nodes, draft);
  return nodes;
}

void leave_out_all(Draft& draft, const KaNode& node, std::string_view why) {
  draft.leave_out(node.origin, why);
  for (const auto& inside : node.inside) {
    if (inside.origin.at == node.origin.at) continue;  // on the same line
    leave_out_all(draft, inside, "what it belongs to is left out");
  }
}

const KaNode* KaBlock::last(std::initializer_list<std::string_view> names) {
  const KaNode* found = nullptr;
  for (const auto* one : all(names)) {
    if (found != nullptr) leave_out_all(*draft_, *found, "a later line says it again, and counts");
    found = one;
  }
  return found;
}

std::vector<const KaNode*> KaBlock::all(std::initializer_list<std::string_view> names) {
  std::vector<const KaNode*> found;
  for (const auto& one : node_->inside)
    if (std::ranges::find(names, one.words.front()) != names.end()) {
      taken_.insert(&one);
      found.push_back(&one);
    }
  return found;
}

std::optional<std::string> KaBlock::value(const KaNode* line) const {
  if (line == nullptr) return std::nullopt;
  if (line->words.size() == 2 && !line->is_block) return line->words[1];
  leave_out_all(*draft_, *line, "one word should follow its name");
  return std::nullopt;
}

std::optional<std::int64_t> KaBlock::number(const KaNode* line) const {
  const auto text = value(line);
  if (!text) return std::nullopt;
  const auto parsed = whole_number(*text);
  if (!parsed) draft_->leave_out(line->origin, fmt::format("{} is no number", *text));
  return parsed;
}

std::optional<Milliseconds> KaBlock::seconds(const KaNode* line) const {
  const auto text = value(line);
  if (!text) return std::nullopt;
  const auto parsed = seconds_in(*text);
  if (!parsed)
    draft_->leave_out(line->origin, fmt::format("{} is no time in seconds, or finer than 1ms", *text));
  return parsed;
}

std::optional<bool> KaBlock::flag(const KaNode* line) const {
  if (line == nullptr) return std::nullopt;
  if (line->words.size() == 1) return true;
  const auto text = value(line);
  if (!text) return std::nullopt;
  for (const std::string_view word : {"on", "true", "yes"})
    if (*text == word) return true;
  for (const std::string_view word : {"off", "false", "no"})
    if (*text == word) return false;
  draft_->leave_out(line->origin, fmt::format("{} is neither yes nor no", *text));
  return std::nullopt;
}

void KaBlock::leave_untaken(std::string_view name, std::string_view why) {
  for (const auto& one : node_->inside)
    if (one.words.front() == name && taken_.insert(&one).second) leave_out_all(*draft_, one, why);
}

void KaBlock::leave_rest(std::string_view place) {
  for (const auto& one : node_->inside) {
    if (taken_.contains(&one)) continue;
    const auto why = reason_for(one.words.front());
    leave_out_all(
        *draft_, one,
        why.empty() ? fmt::format("{} in {}: no word for it", one.words.front(), place) : std::string(why));
  }
}

}  // namespace hawser::lbctl
