// keepalived.conf as a tree of words and blocks, and a block of it of which every line is used or named.
// Pure.
#pragma once

#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lbctl/import/draft.h"
#include "lbctl/import/keepalived_lines.h"
#include "lib/base/duration.h"

namespace hawser::lbctl {

struct KaNode {
  Origin origin;
  std::vector<std::string> words;  // without quotes
  std::vector<KaNode> inside;
  bool is_block = false;
};

// What no block takes (a brace too many, lines for one host of several) `draft` is told.
std::vector<KaNode> keepalived_tree(const std::vector<KaLine>& lines, Draft& draft);

// A line and all that is in its block; what is inside goes with it.
void leave_out_all(Draft& draft, const KaNode& node, std::string_view why);

// A block while it is read: who takes a line marks it, and the others are left out in the end.
class KaBlock {
 public:
  KaBlock(const KaNode& node, Draft& draft) : node_(&node), draft_(&draft) {}

  [[nodiscard]] const Origin& origin() const { return node_->origin; }
  [[nodiscard]] const KaNode& node() const { return *node_; }
  // The last line that begins with one of these, or null; those before it do not count, which is said.
  const KaNode* last(std::initializer_list<std::string_view> names);
  std::vector<const KaNode*> all(std::initializer_list<std::string_view> names);
  // The one word behind the name. Another number of words is left out.
  std::optional<std::string> value(const KaNode* line) const;
  std::optional<std::int64_t> number(const KaNode* line) const;
  std::optional<Milliseconds> seconds(const KaNode* line) const;
  // "alpha", "alpha yes", "alpha off".
  std::optional<bool> flag(const KaNode* line) const;
  // Lines of that name that nobody took.
  void leave_untaken(std::string_view name, std::string_view why);
  void leave_rest(std::string_view place);

 private:
  const KaNode* node_;
  Draft* draft_;
  std::set<const KaNode*> taken_;
};

}  // namespace hawser::lbctl
