#include "bondctl/show/show.h"

#include <boost/json.hpp>

#include "bondctl/show/look.h"
#include "bondctl/show/render.h"
#include "bondctl/show/why.h"
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "lib/control/json.h"

namespace hawser::bondctl {

int show(const cli::Arguments& arguments) {
  const auto view = look(arguments);
  if (!view) return cli::refuse(arguments, "bondctl", view.error());
  const auto bonds =
      choose(view->observed, arguments.words.empty() ? std::string{} : arguments.words.front());
  if (!bonds) return cli::refuse(arguments, "bondctl", bonds.error());
  cli::print(arguments.json ? control::pretty(to_json(*view, *bonds))
                            : render(*view, *bonds, cli::terminal_width()));
  return kDone;
}

int why(const cli::Arguments& arguments) {
  const auto view = look(arguments);
  if (!view) return cli::refuse(arguments, "bondctl", view.error());
  const auto bond = choose(view->observed, arguments.words.front());
  if (!bond) return cli::refuse(arguments, "bondctl", bond.error());
  const auto subject = subject_of(*view, bond->front());
  cli::print(arguments.json ? control::pretty(why_json(subject)) : why_text(subject, cli::terminal_width()));
  return kDone;
}

}  // namespace hawser::bondctl
