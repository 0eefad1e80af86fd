#include "lbctl/import/import.h"

#include "lbctl/import/draft.h"
#include "lbctl/import/ipvsadm_rules.h"
#include "lbctl/import/keepalived.h"
#include "lbctl/import/ldirectord.h"

namespace hawser::lbctl {

namespace {

// Editors of other systems put a byte order mark before the first line.
config::Source without_mark(config::Source source) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (source.text.starts_with(kMark)) source.text.erase(0, kMark.size());
  return source;
}

}  // namespace

Imported import_file(Foreign format, const config::Source& original, const IncludeReader& include) {
  const auto source = without_mark(original);
  Draft draft;
  switch (format) {
    case Foreign::kIpvsadmRules:
      import_ipvsadm_rules(source, draft);
      break;
    case Foreign::kLdirectord:
      import_ldirectord(source, draft);
      break;
    case Foreign::kKeepalived:
      import_keepalived(source, include, draft);
      break;
  }
  return draft.finish();
}

}  // namespace hawser::lbctl
