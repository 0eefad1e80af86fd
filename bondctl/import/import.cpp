#include "bondctl/import/import.h"

#include "bondctl/import/draft.h"
#include "bondctl/import/interfaces.h"
#include "bondctl/import/networkd.h"

namespace hawser::bondctl {

Imported import_files(const ForeignFiles& files) {
  Draft draft;
  for (const auto& left : files.left_out) draft.leave_out(left.at, left.what, left.why);
  import_interfaces(files, draft);
  import_networkd(files, draft);
  return draft.finish();
}

}  // namespace hawser::bondctl
