import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  inPlace
} from "./chunk-LW67BIXQ.js";
import {
  Past,
  Programs,
  STALE_MS,
  foldLog,
  inParts,
  isRunning,
  tryVersion
} from "./chunk-7JLD5QEF.js";
import {
  FileLog,
  KNOWN_FORMAT,
  NODE_FILES,
  Syncer,
  createLogStore
} from "./chunk-USIXQFKQ.js";
import {
  RunTree,
  drawRun
} from "./chunk-KJRWBGHM.js";
import "./chunk-Y4Q2QEGS.js";
import "./chunk-FIBAQXX5.js";
import {
  differingField,
  nameOf
} from "./chunk-SE2OE4XY.js";
import "./chunk-WJMNOWQF.js";
import {
  describeInstance,
  isDerived,
  questionIn
} from "./chunk-I2YG3OXN.js";
import {
  FORMAT_VERSION
} from "./chunk-I77IYGI3.js";
import {
  CONSEQUENCE,
  OBEYED,
  attemptOf,
  clockOf,
  commandResult,
  dayOf,
  json,
  jsonText,
  lasting,
  momentOf,
  oneLine,
  printable,
  saidOf,
  took,
  whatIsAsked,
  whoAnswered
} from "./chunk-OS7THQEV.js";
import "./chunk-EHSHSBMI.js";
import "./chunk-BJSSGFKS.js";
import {
  preview,
  sameJson
} from "./chunk-4PNFGV6Y.js";
import {
  OLDEST_NODE,
  PACKAGE_ROOT,
  VERSION,
  isNodeTooOld
} from "./chunk-E62NFHGA.js";
import "./chunk-G3OAAUZY.js";
import "./chunk-H3QHES3G.js";
import "./chunk-X2D4U2RG.js";
import {
  findPrograms
} from "./chunk-RIFG6GVS.js";
import "./chunk-76ASFBWX.js";
import "./chunk-62232MNN.js";
import {
  ProgramHost
} from "./chunk-2BRBAAF4.js";
import {
  SequencerError,
  toErrorAnswer
} from "./chunk-ZWYVAR4N.js";
import {
  __commonJS,
  __require,
  __toESM
} from "./chunk-6E5ESL5F.js";

// node_modules/commander/lib/error.js
var require_error = __commonJS({
  "node_modules/commander/lib/error.js"(exports) {
    var CommanderError2 = class extends Error {
      /**
       * Constructs the CommanderError class
       * @param {number} exitCode suggested exit code which could be used with process.exit
       * @param {string} code an id string representing the error
       * @param {string} message human-readable description of the error
       */
      constructor(exitCode, code, message) {
        super(message);
        Error.captureStackTrace(this, this.constructor);
        this.name = this.constructor.name;
        this.code = code;
        this.exitCode = exitCode;
        this.nestedError = void 0;
      }
    };
    var InvalidArgumentError2 = class extends CommanderError2 {
      /**
       * Constructs the InvalidArgumentError class
       * @param {string} [message] explanation of why argument is invalid
       */
      constructor(message) {
        super(1, "commander.invalidArgument", message);
        Error.captureStackTrace(this, this.constructor);
        this.name = this.constructor.name;
      }
    };
    exports.CommanderError = CommanderError2;
    exports.InvalidArgumentError = InvalidArgumentError2;
  }
});

// node_modules/commander/lib/argument.js
var require_argument = __commonJS({
  "node_modules/commander/lib/argument.js"(exports) {
    var { InvalidArgumentError: InvalidArgumentError2 } = require_error();
    var Argument2 = class {
      /**
       * Initialize a new command argument with the given name and description.
       * The default is that the argument is required, and you can explicitly
       * indicate this with <> around the name. Put [] around the name for an optional argument.
       *
       * @param {string} name
       * @param {string} [description]
       */
      constructor(name, description) {
        this.description = description || "";
        this.variadic = false;
        this.parseArg = void 0;
        this.defaultValue = void 0;
        this.defaultValueDescription = void 0;
        this.argChoices = void 0;
        switch (name[0]) {
          case "<":
            this.required = true;
            this._name = name.slice(1, -1);
            break;
          case "[":
            this.required = false;
            this._name = name.slice(1, -1);
            break;
          default:
            this.required = true;
            this._name = name;
            break;
        }
        if (this._name.endsWith("...")) {
          this.variadic = true;
          this._name = this._name.slice(0, -3);
        }
      }
      /**
       * Return argument name.
       *
       * @return {string}
       */
      name() {
        return this._name;
      }
      /**
       * @package
       */
      _collectValue(value, previous) {
        if (previous === this.defaultValue || !Array.isArray(previous)) {
          return [value];
        }
        previous.push(value);
        return previous;
      }
      /**
       * Set the default value, and optionally supply the description to be displayed in the help.
       *
       * @param {*} value
       * @param {string} [description]
       * @return {Argument}
       */
      default(value, description) {
        this.defaultValue = value;
        this.defaultValueDescription = description;
        return this;
      }
      /**
       * Set the custom handler for processing CLI command arguments into argument values.
       *
       * @param {Function} [fn]
       * @return {Argument}
       */
      argParser(fn) {
        this.parseArg = fn;
        return this;
      }
      /**
       * Only allow argument value to be one of choices.
       *
       * @param {string[]} values
       * @return {Argument}
       */
      choices(values) {
        this.argChoices = values.slice();
        this.parseArg = (arg, previous) => {
          if (!this.argChoices.includes(arg)) {
            throw new InvalidArgumentError2(
              `Allowed choices are ${this.argChoices.join(", ")}.`
            );
          }
          if (this.variadic) {
            return this._collectValue(arg, previous);
          }
          return arg;
        };
        return this;
      }
      /**
       * Make argument required.
       *
       * @returns {Argument}
       */
      argRequired() {
        this.required = true;
        return this;
      }
      /**
       * Make argument optional.
       *
       * @returns {Argument}
       */
      argOptional() {
        this.required = false;
        return this;
      }
    };
    function humanReadableArgName(arg) {
      const nameOutput = arg.name() + (arg.variadic === true ? "..." : "");
      return arg.required ? "<" + nameOutput + ">" : "[" + nameOutput + "]";
    }
    exports.Argument = Argument2;
    exports.humanReadableArgName = humanReadableArgName;
  }
});

// node_modules/commander/lib/help.js
var require_help = __commonJS({
  "node_modules/commander/lib/help.js"(exports) {
    var { humanReadableArgName } = require_argument();
    var Help2 = class {
      constructor() {
        this.helpWidth = void 0;
        this.minWidthToWrap = 40;
        this.sortSubcommands = false;
        this.sortOptions = false;
        this.showGlobalOptions = false;
      }
      /**
       * prepareContext is called by Commander after applying overrides from `Command.configureHelp()`
       * and just before calling `formatHelp()`.
       *
       * Commander just uses the helpWidth and the rest is provided for optional use by more complex subclasses.
       *
       * @param {{ error?: boolean, helpWidth?: number, outputHasColors?: boolean }} contextOptions
       */
      prepareContext(contextOptions) {
        this.helpWidth = this.helpWidth ?? contextOptions.helpWidth ?? 80;
      }
      /**
       * Get an array of the visible subcommands. Includes a placeholder for the implicit help command, if there is one.
       *
       * @param {Command} cmd
       * @returns {Command[]}
       */
      visibleCommands(cmd) {
        const visibleCommands = cmd.commands.filter((cmd2) => !cmd2._hidden);
        const helpCommand = cmd._getHelpCommand();
        if (helpCommand && !helpCommand._hidden) {
          visibleCommands.push(helpCommand);
        }
        if (this.sortSubcommands) {
          visibleCommands.sort((a, b) => {
            return a.name().localeCompare(b.name());
          });
        }
        return visibleCommands;
      }
      /**
       * Compare options for sort.
       *
       * @param {Option} a
       * @param {Option} b
       * @returns {number}
       */
      compareOptions(a, b) {
        const getSortKey = (option) => {
          return option.short ? option.short.replace(/^-/, "") : option.long.replace(/^--/, "");
        };
        return getSortKey(a).localeCompare(getSortKey(b));
      }
      /**
       * Get an array of the visible options. Includes a placeholder for the implicit help option, if there is one.
       *
       * @param {Command} cmd
       * @returns {Option[]}
       */
      visibleOptions(cmd) {
        const visibleOptions = cmd.options.filter((option) => !option.hidden);
        const helpOption = cmd._getHelpOption();
        if (helpOption && !helpOption.hidden) {
          const removeShort = helpOption.short && cmd._findOption(helpOption.short);
          const removeLong = helpOption.long && cmd._findOption(helpOption.long);
          if (!removeShort && !removeLong) {
            visibleOptions.push(helpOption);
          } else if (helpOption.long && !removeLong) {
            visibleOptions.push(
              cmd.createOption(helpOption.long, helpOption.description)
            );
          } else if (helpOption.short && !removeShort) {
            visibleOptions.push(
              cmd.createOption(helpOption.short, helpOption.description)
            );
          }
        }
        if (this.sortOptions) {
          visibleOptions.sort(this.compareOptions);
        }
        return visibleOptions;
      }
      /**
       * Get an array of the visible global options. (Not including help.)
       *
       * @param {Command} cmd
       * @returns {Option[]}
       */
      visibleGlobalOptions(cmd) {
        if (!this.showGlobalOptions) return [];
        const globalOptions = [];
        for (let ancestorCmd = cmd.parent; ancestorCmd; ancestorCmd = ancestorCmd.parent) {
          const visibleOptions = ancestorCmd.options.filter(
            (option) => !option.hidden
          );
          globalOptions.push(...visibleOptions);
        }
        if (this.sortOptions) {
          globalOptions.sort(this.compareOptions);
        }
        return globalOptions;
      }
      /**
       * Get an array of the arguments if any have a description.
       *
       * @param {Command} cmd
       * @returns {Argument[]}
       */
      visibleArguments(cmd) {
        if (cmd._argsDescription) {
          cmd.registeredArguments.forEach((argument) => {
            argument.description = argument.description || cmd._argsDescription[argument.name()] || "";
          });
        }
        if (cmd.registeredArguments.find((argument) => argument.description)) {
          return cmd.registeredArguments;
        }
        return [];
      }
      /**
       * Get the command term to show in the list of subcommands.
       *
       * @param {Command} cmd
       * @returns {string}
       */
      subcommandTerm(cmd) {
        const args = cmd.registeredArguments.map((arg) => humanReadableArgName(arg)).join(" ");
        return cmd._name + (cmd._aliases[0] ? "|" + cmd._aliases[0] : "") + (cmd.options.length ? " [options]" : "") + // simplistic check for non-help option
        (args ? " " + args : "");
      }
      /**
       * Get the option term to show in the list of options.
       *
       * @param {Option} option
       * @returns {string}
       */
      optionTerm(option) {
        return option.flags;
      }
      /**
       * Get the argument term to show in the list of arguments.
       *
       * @param {Argument} argument
       * @returns {string}
       */
      argumentTerm(argument) {
        return argument.name();
      }
      /**
       * Get the longest command term length.
       *
       * @param {Command} cmd
       * @param {Help} helper
       * @returns {number}
       */
      longestSubcommandTermLength(cmd, helper) {
        return helper.visibleCommands(cmd).reduce((max, command) => {
          return Math.max(
            max,
            this.displayWidth(
              helper.styleSubcommandTerm(helper.subcommandTerm(command))
            )
          );
        }, 0);
      }
      /**
       * Get the longest option term length.
       *
       * @param {Command} cmd
       * @param {Help} helper
       * @returns {number}
       */
      longestOptionTermLength(cmd, helper) {
        return helper.visibleOptions(cmd).reduce((max, option) => {
          return Math.max(
            max,
            this.displayWidth(helper.styleOptionTerm(helper.optionTerm(option)))
          );
        }, 0);
      }
      /**
       * Get the longest global option term length.
       *
       * @param {Command} cmd
       * @param {Help} helper
       * @returns {number}
       */
      longestGlobalOptionTermLength(cmd, helper) {
        return helper.visibleGlobalOptions(cmd).reduce((max, option) => {
          return Math.max(
            max,
            this.displayWidth(helper.styleOptionTerm(helper.optionTerm(option)))
          );
        }, 0);
      }
      /**
       * Get the longest argument term length.
       *
       * @param {Command} cmd
       * @param {Help} helper
       * @returns {number}
       */
      longestArgumentTermLength(cmd, helper) {
        return helper.visibleArguments(cmd).reduce((max, argument) => {
          return Math.max(
            max,
            this.displayWidth(
              helper.styleArgumentTerm(helper.argumentTerm(argument))
            )
          );
        }, 0);
      }
      /**
       * Get the command usage to be displayed at the top of the built-in help.
       *
       * @param {Command} cmd
       * @returns {string}
       */
      commandUsage(cmd) {
        let cmdName = cmd._name;
        if (cmd._aliases[0]) {
          cmdName = cmdName + "|" + cmd._aliases[0];
        }
        let ancestorCmdNames = "";
        for (let ancestorCmd = cmd.parent; ancestorCmd; ancestorCmd = ancestorCmd.parent) {
          ancestorCmdNames = ancestorCmd.name() + " " + ancestorCmdNames;
        }
        return ancestorCmdNames + cmdName + " " + cmd.usage();
      }
      /**
       * Get the description for the command.
       *
       * @param {Command} cmd
       * @returns {string}
       */
      commandDescription(cmd) {
        return cmd.description();
      }
      /**
       * Get the subcommand summary to show in the list of subcommands.
       * (Fallback to description for backwards compatibility.)
       *
       * @param {Command} cmd
       * @returns {string}
       */
      subcommandDescription(cmd) {
        return cmd.summary() || cmd.description();
      }
      /**
       * Get the option description to show in the list of options.
       *
       * @param {Option} option
       * @return {string}
       */
      optionDescription(option) {
        const extraInfo = [];
        if (option.argChoices) {
          extraInfo.push(
            // use stringify to match the display of the default value
            `choices: ${option.argChoices.map((choice) => JSON.stringify(choice)).join(", ")}`
          );
        }
        if (option.defaultValue !== void 0) {
          const showDefault = option.required || option.optional || option.isBoolean() && typeof option.defaultValue === "boolean";
          if (showDefault) {
            extraInfo.push(
              `default: ${option.defaultValueDescription || JSON.stringify(option.defaultValue)}`
            );
          }
        }
        if (option.presetArg !== void 0 && option.optional) {
          extraInfo.push(`preset: ${JSON.stringify(option.presetArg)}`);
        }
        if (option.envVar !== void 0) {
          extraInfo.push(`env: ${option.envVar}`);
        }
        if (extraInfo.length > 0) {
          const extraDescription = `(${extraInfo.join(", ")})`;
          if (option.description) {
            return `${option.description} ${extraDescription}`;
          }
          return extraDescription;
        }
        return option.description;
      }
      /**
       * Get the argument description to show in the list of arguments.
       *
       * @param {Argument} argument
       * @return {string}
       */
      argumentDescription(argument) {
        const extraInfo = [];
        if (argument.argChoices) {
          extraInfo.push(
            // use stringify to match the display of the default value
            `choices: ${argument.argChoices.map((choice) => JSON.stringify(choice)).join(", ")}`
          );
        }
        if (argument.defaultValue !== void 0) {
          extraInfo.push(
            `default: ${argument.defaultValueDescription || JSON.stringify(argument.defaultValue)}`
          );
        }
        if (extraInfo.length > 0) {
          const extraDescription = `(${extraInfo.join(", ")})`;
          if (argument.description) {
            return `${argument.description} ${extraDescription}`;
          }
          return extraDescription;
        }
        return argument.description;
      }
      /**
       * Format a list of items, given a heading and an array of formatted items.
       *
       * @param {string} heading
       * @param {string[]} items
       * @param {Help} helper
       * @returns string[]
       */
      formatItemList(heading, items, helper) {
        if (items.length === 0) return [];
        return [helper.styleTitle(heading), ...items, ""];
      }
      /**
       * Group items by their help group heading.
       *
       * @param {Command[] | Option[]} unsortedItems
       * @param {Command[] | Option[]} visibleItems
       * @param {Function} getGroup
       * @returns {Map<string, Command[] | Option[]>}
       */
      groupItems(unsortedItems, visibleItems, getGroup) {
        const result = /* @__PURE__ */ new Map();
        unsortedItems.forEach((item) => {
          const group = getGroup(item);
          if (!result.has(group)) result.set(group, []);
        });
        visibleItems.forEach((item) => {
          const group = getGroup(item);
          if (!result.has(group)) {
            result.set(group, []);
          }
          result.get(group).push(item);
        });
        return result;
      }
      /**
       * Generate the built-in help text.
       *
       * @param {Command} cmd
       * @param {Help} helper
       * @returns {string}
       */
      formatHelp(cmd, helper) {
        const termWidth = helper.padWidth(cmd, helper);
        const helpWidth = helper.helpWidth ?? 80;
        function callFormatItem(term, description) {
          return helper.formatItem(term, termWidth, description, helper);
        }
        let output = [
          `${helper.styleTitle("Usage:")} ${helper.styleUsage(helper.commandUsage(cmd))}`,
          ""
        ];
        const commandDescription = helper.commandDescription(cmd);
        if (commandDescription.length > 0) {
          output = output.concat([
            helper.boxWrap(
              helper.styleCommandDescription(commandDescription),
              helpWidth
            ),
            ""
          ]);
        }
        const argumentList = helper.visibleArguments(cmd).map((argument) => {
          return callFormatItem(
            helper.styleArgumentTerm(helper.argumentTerm(argument)),
            helper.styleArgumentDescription(helper.argumentDescription(argument))
          );
        });
        output = output.concat(
          this.formatItemList("Arguments:", argumentList, helper)
        );
        const optionGroups = this.groupItems(
          cmd.options,
          helper.visibleOptions(cmd),
          (option) => option.helpGroupHeading ?? "Options:"
        );
        optionGroups.forEach((options, group) => {
          const optionList = options.map((option) => {
            return callFormatItem(
              helper.styleOptionTerm(helper.optionTerm(option)),
              helper.styleOptionDescription(helper.optionDescription(option))
            );
          });
          output = output.concat(this.formatItemList(group, optionList, helper));
        });
        if (helper.showGlobalOptions) {
          const globalOptionList = helper.visibleGlobalOptions(cmd).map((option) => {
            return callFormatItem(
              helper.styleOptionTerm(helper.optionTerm(option)),
              helper.styleOptionDescription(helper.optionDescription(option))
            );
          });
          output = output.concat(
            this.formatItemList("Global Options:", globalOptionList, helper)
          );
        }
        const commandGroups = this.groupItems(
          cmd.commands,
          helper.visibleCommands(cmd),
          (sub) => sub.helpGroup() || "Commands:"
        );
        commandGroups.forEach((commands, group) => {
          const commandList = commands.map((sub) => {
            return callFormatItem(
              helper.styleSubcommandTerm(helper.subcommandTerm(sub)),
              helper.styleSubcommandDescription(helper.subcommandDescription(sub))
            );
          });
          output = output.concat(this.formatItemList(group, commandList, helper));
        });
        return output.join("\n");
      }
      /**
       * Return display width of string, ignoring ANSI escape sequences. Used in padding and wrapping calculations.
       *
       * @param {string} str
       * @returns {number}
       */
      displayWidth(str) {
        return stripColor(str).length;
      }
      /**
       * Style the title for displaying in the help. Called with 'Usage:', 'Options:', etc.
       *
       * @param {string} str
       * @returns {string}
       */
      styleTitle(str) {
        return str;
      }
      styleUsage(str) {
        return str.split(" ").map((word) => {
          if (word === "[options]") return this.styleOptionText(word);
          if (word === "[command]") return this.styleSubcommandText(word);
          if (word[0] === "[" || word[0] === "<")
            return this.styleArgumentText(word);
          return this.styleCommandText(word);
        }).join(" ");
      }
      styleCommandDescription(str) {
        return this.styleDescriptionText(str);
      }
      styleOptionDescription(str) {
        return this.styleDescriptionText(str);
      }
      styleSubcommandDescription(str) {
        return this.styleDescriptionText(str);
      }
      styleArgumentDescription(str) {
        return this.styleDescriptionText(str);
      }
      styleDescriptionText(str) {
        return str;
      }
      styleOptionTerm(str) {
        return this.styleOptionText(str);
      }
      styleSubcommandTerm(str) {
        return str.split(" ").map((word) => {
          if (word === "[options]") return this.styleOptionText(word);
          if (word[0] === "[" || word[0] === "<")
            return this.styleArgumentText(word);
          return this.styleSubcommandText(word);
        }).join(" ");
      }
      styleArgumentTerm(str) {
        return this.styleArgumentText(str);
      }
      styleOptionText(str) {
        return str;
      }
      styleArgumentText(str) {
        return str;
      }
      styleSubcommandText(str) {
        return str;
      }
      styleCommandText(str) {
        return str;
      }
      /**
       * Calculate the pad width from the maximum term length.
       *
       * @param {Command} cmd
       * @param {Help} helper
       * @returns {number}
       */
      padWidth(cmd, helper) {
        return Math.max(
          helper.longestOptionTermLength(cmd, helper),
          helper.longestGlobalOptionTermLength(cmd, helper),
          helper.longestSubcommandTermLength(cmd, helper),
          helper.longestArgumentTermLength(cmd, helper)
        );
      }
      /**
       * Detect manually wrapped and indented strings by checking for line break followed by whitespace.
       *
       * @param {string} str
       * @returns {boolean}
       */
      preformatted(str) {
        return /\n[^\S\r\n]/.test(str);
      }
      /**
       * Format the "item", which consists of a term and description. Pad the term and wrap the description, indenting the following lines.
       *
       * So "TTT", 5, "DDD DDDD DD DDD" might be formatted for this.helpWidth=17 like so:
       *   TTT  DDD DDDD
       *        DD DDD
       *
       * @param {string} term
       * @param {number} termWidth
       * @param {string} description
       * @param {Help} helper
       * @returns {string}
       */
      formatItem(term, termWidth, description, helper) {
        const itemIndent = 2;
        const itemIndentStr = " ".repeat(itemIndent);
        if (!description) return itemIndentStr + term;
        const paddedTerm = term.padEnd(
          termWidth + term.length - helper.displayWidth(term)
        );
        const spacerWidth = 2;
        const helpWidth = this.helpWidth ?? 80;
        const remainingWidth = helpWidth - termWidth - spacerWidth - itemIndent;
        let formattedDescription;
        if (remainingWidth < this.minWidthToWrap || helper.preformatted(description)) {
          formattedDescription = description;
        } else {
          const wrappedDescription = helper.boxWrap(description, remainingWidth);
          formattedDescription = wrappedDescription.replace(
            /\n/g,
            "\n" + " ".repeat(termWidth + spacerWidth)
          );
        }
        return itemIndentStr + paddedTerm + " ".repeat(spacerWidth) + formattedDescription.replace(/\n/g, `
${itemIndentStr}`);
      }
      /**
       * Wrap a string at whitespace, preserving existing line breaks.
       * Wrapping is skipped if the width is less than `minWidthToWrap`.
       *
       * @param {string} str
       * @param {number} width
       * @returns {string}
       */
      boxWrap(str, width) {
        if (width < this.minWidthToWrap) return str;
        const rawLines = str.split(/\r\n|\n/);
        const chunkPattern = /[\s]*[^\s]+/g;
        const wrappedLines = [];
        rawLines.forEach((line) => {
          const chunks = line.match(chunkPattern);
          if (chunks === null) {
            wrappedLines.push("");
            return;
          }
          let sumChunks = [chunks.shift()];
          let sumWidth = this.displayWidth(sumChunks[0]);
          chunks.forEach((chunk) => {
            const visibleWidth = this.displayWidth(chunk);
            if (sumWidth + visibleWidth <= width) {
              sumChunks.push(chunk);
              sumWidth += visibleWidth;
              return;
            }
            wrappedLines.push(sumChunks.join(""));
            const nextChunk = chunk.trimStart();
            sumChunks = [nextChunk];
            sumWidth = this.displayWidth(nextChunk);
          });
          wrappedLines.push(sumChunks.join(""));
        });
        return wrappedLines.join("\n");
      }
    };
    function stripColor(str) {
      const sgrPattern = /\x1b\[\d*(;\d*)*m/g;
      return str.replace(sgrPattern, "");
    }
    exports.Help = Help2;
    exports.stripColor = stripColor;
  }
});

// node_modules/commander/lib/option.js
var require_option = __commonJS({
  "node_modules/commander/lib/option.js"(exports) {
    var { InvalidArgumentError: InvalidArgumentError2 } = require_error();
    var Option2 = class {
      /**
       * Initialize a new `Option` with the given `flags` and `description`.
       *
       * @param {string} flags
       * @param {string} [description]
       */
      constructor(flags, description) {
        this.flags = flags;
        this.description = description || "";
        this.required = flags.includes("<");
        this.optional = flags.includes("[");
        this.variadic = /\w\.\.\.[>\]]$/.test(flags);
        this.mandatory = false;
        const optionFlags = splitOptionFlags(flags);
        this.short = optionFlags.shortFlag;
        this.long = optionFlags.longFlag;
        this.negate = false;
        if (this.long) {
          this.negate = this.long.startsWith("--no-");
        }
        this.defaultValue = void 0;
        this.defaultValueDescription = void 0;
        this.presetArg = void 0;
        this.envVar = void 0;
        this.parseArg = void 0;
        this.hidden = false;
        this.argChoices = void 0;
        this.conflictsWith = [];
        this.implied = void 0;
        this.helpGroupHeading = void 0;
      }
      /**
       * Set the default value, and optionally supply the description to be displayed in the help.
       *
       * @param {*} value
       * @param {string} [description]
       * @return {Option}
       */
      default(value, description) {
        this.defaultValue = value;
        this.defaultValueDescription = description;
        return this;
      }
      /**
       * Preset to use when option used without option-argument, especially optional but also boolean and negated.
       * The custom processing (parseArg) is called.
       *
       * @example
       * new Option('--color').default('GREYSCALE').preset('RGB');
       * new Option('--donate [amount]').preset('20').argParser(parseFloat);
       *
       * @param {*} arg
       * @return {Option}
       */
      preset(arg) {
        this.presetArg = arg;
        return this;
      }
      /**
       * Add option name(s) that conflict with this option.
       * An error will be displayed if conflicting options are found during parsing.
       *
       * @example
       * new Option('--rgb').conflicts('cmyk');
       * new Option('--js').conflicts(['ts', 'jsx']);
       *
       * @param {(string | string[])} names
       * @return {Option}
       */
      conflicts(names) {
        this.conflictsWith = this.conflictsWith.concat(names);
        return this;
      }
      /**
       * Specify implied option values for when this option is set and the implied options are not.
       *
       * The custom processing (parseArg) is not called on the implied values.
       *
       * @example
       * program
       *   .addOption(new Option('--log', 'write logging information to file'))
       *   .addOption(new Option('--trace', 'log extra details').implies({ log: 'trace.txt' }));
       *
       * @param {object} impliedOptionValues
       * @return {Option}
       */
      implies(impliedOptionValues) {
        let newImplied = impliedOptionValues;
        if (typeof impliedOptionValues === "string") {
          newImplied = { [impliedOptionValues]: true };
        }
        this.implied = Object.assign(this.implied || {}, newImplied);
        return this;
      }
      /**
       * Set environment variable to check for option value.
       *
       * An environment variable is only used if when processed the current option value is
       * undefined, or the source of the current value is 'default' or 'config' or 'env'.
       *
       * @param {string} name
       * @return {Option}
       */
      env(name) {
        this.envVar = name;
        return this;
      }
      /**
       * Set the custom handler for processing CLI option arguments into option values.
       *
       * @param {Function} [fn]
       * @return {Option}
       */
      argParser(fn) {
        this.parseArg = fn;
        return this;
      }
      /**
       * Whether the option is mandatory and must have a value after parsing.
       *
       * @param {boolean} [mandatory=true]
       * @return {Option}
       */
      makeOptionMandatory(mandatory = true) {
        this.mandatory = !!mandatory;
        return this;
      }
      /**
       * Hide option in help.
       *
       * @param {boolean} [hide=true]
       * @return {Option}
       */
      hideHelp(hide = true) {
        this.hidden = !!hide;
        return this;
      }
      /**
       * @package
       */
      _collectValue(value, previous) {
        if (previous === this.defaultValue || !Array.isArray(previous)) {
          return [value];
        }
        previous.push(value);
        return previous;
      }
      /**
       * Only allow option value to be one of choices.
       *
       * @param {string[]} values
       * @return {Option}
       */
      choices(values) {
        this.argChoices = values.slice();
        this.parseArg = (arg, previous) => {
          if (!this.argChoices.includes(arg)) {
            throw new InvalidArgumentError2(
              `Allowed choices are ${this.argChoices.join(", ")}.`
            );
          }
          if (this.variadic) {
            return this._collectValue(arg, previous);
          }
          return arg;
        };
        return this;
      }
      /**
       * Return option name.
       *
       * @return {string}
       */
      name() {
        if (this.long) {
          return this.long.replace(/^--/, "");
        }
        return this.short.replace(/^-/, "");
      }
      /**
       * Return option name, in a camelcase format that can be used
       * as an object attribute key.
       *
       * @return {string}
       */
      attributeName() {
        if (this.negate) {
          return camelcase(this.name().replace(/^no-/, ""));
        }
        return camelcase(this.name());
      }
      /**
       * Set the help group heading.
       *
       * @param {string} heading
       * @return {Option}
       */
      helpGroup(heading) {
        this.helpGroupHeading = heading;
        return this;
      }
      /**
       * Check if `arg` matches the short or long flag.
       *
       * @param {string} arg
       * @return {boolean}
       * @package
       */
      is(arg) {
        return this.short === arg || this.long === arg;
      }
      /**
       * Return whether a boolean option.
       *
       * Options are one of boolean, negated, required argument, or optional argument.
       *
       * @return {boolean}
       * @package
       */
      isBoolean() {
        return !this.required && !this.optional && !this.negate;
      }
    };
    var DualOptions = class {
      /**
       * @param {Option[]} options
       */
      constructor(options) {
        this.positiveOptions = /* @__PURE__ */ new Map();
        this.negativeOptions = /* @__PURE__ */ new Map();
        this.dualOptions = /* @__PURE__ */ new Set();
        options.forEach((option) => {
          if (option.negate) {
            this.negativeOptions.set(option.attributeName(), option);
          } else {
            this.positiveOptions.set(option.attributeName(), option);
          }
        });
        this.negativeOptions.forEach((value, key) => {
          if (this.positiveOptions.has(key)) {
            this.dualOptions.add(key);
          }
        });
      }
      /**
       * Did the value come from the option, and not from possible matching dual option?
       *
       * @param {*} value
       * @param {Option} option
       * @returns {boolean}
       */
      valueFromOption(value, option) {
        const optionKey = option.attributeName();
        if (!this.dualOptions.has(optionKey)) return true;
        const preset = this.negativeOptions.get(optionKey).presetArg;
        const negativeValue = preset !== void 0 ? preset : false;
        return option.negate === (negativeValue === value);
      }
    };
    function camelcase(str) {
      return str.split("-").reduce((str2, word) => {
        return str2 + word[0].toUpperCase() + word.slice(1);
      });
    }
    function splitOptionFlags(flags) {
      let shortFlag;
      let longFlag;
      const shortFlagExp = /^-[^-]$/;
      const longFlagExp = /^--[^-]/;
      const flagParts = flags.split(/[ |,]+/).concat("guard");
      if (shortFlagExp.test(flagParts[0])) shortFlag = flagParts.shift();
      if (longFlagExp.test(flagParts[0])) longFlag = flagParts.shift();
      if (!shortFlag && shortFlagExp.test(flagParts[0]))
        shortFlag = flagParts.shift();
      if (!shortFlag && longFlagExp.test(flagParts[0])) {
        shortFlag = longFlag;
        longFlag = flagParts.shift();
      }
      if (flagParts[0].startsWith("-")) {
        const unsupportedFlag = flagParts[0];
        const baseError = `option creation failed due to '${unsupportedFlag}' in option flags '${flags}'`;
        if (/^-[^-][^-]/.test(unsupportedFlag))
          throw new Error(
            `${baseError}
- a short flag is a single dash and a single character
  - either use a single dash and a single character (for a short flag)
  - or use a double dash for a long option (and can have two, like '--ws, --workspace')`
          );
        if (shortFlagExp.test(unsupportedFlag))
          throw new Error(`${baseError}
- too many short flags`);
        if (longFlagExp.test(unsupportedFlag))
          throw new Error(`${baseError}
- too many long flags`);
        throw new Error(`${baseError}
- unrecognised flag format`);
      }
      if (shortFlag === void 0 && longFlag === void 0)
        throw new Error(
          `option creation failed due to no flags found in '${flags}'.`
        );
      return { shortFlag, longFlag };
    }
    exports.Option = Option2;
    exports.DualOptions = DualOptions;
  }
});

// node_modules/commander/lib/suggestSimilar.js
var require_suggestSimilar = __commonJS({
  "node_modules/commander/lib/suggestSimilar.js"(exports) {
    var maxDistance = 3;
    function editDistance(a, b) {
      if (Math.abs(a.length - b.length) > maxDistance)
        return Math.max(a.length, b.length);
      const d = [];
      for (let i = 0; i <= a.length; i++) {
        d[i] = [i];
      }
      for (let j = 0; j <= b.length; j++) {
        d[0][j] = j;
      }
      for (let j = 1; j <= b.length; j++) {
        for (let i = 1; i <= a.length; i++) {
          let cost = 1;
          if (a[i - 1] === b[j - 1]) {
            cost = 0;
          } else {
            cost = 1;
          }
          d[i][j] = Math.min(
            d[i - 1][j] + 1,
            // deletion
            d[i][j - 1] + 1,
            // insertion
            d[i - 1][j - 1] + cost
            // substitution
          );
          if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
            d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
          }
        }
      }
      return d[a.length][b.length];
    }
    function suggestSimilar(word, candidates) {
      if (!candidates || candidates.length === 0) return "";
      candidates = Array.from(new Set(candidates));
      const searchingOptions = word.startsWith("--");
      if (searchingOptions) {
        word = word.slice(2);
        candidates = candidates.map((candidate) => candidate.slice(2));
      }
      let similar = [];
      let bestDistance = maxDistance;
      const minSimilarity = 0.4;
      candidates.forEach((candidate) => {
        if (candidate.length <= 1) return;
        const distance = editDistance(word, candidate);
        const length = Math.max(word.length, candidate.length);
        const similarity = (length - distance) / length;
        if (similarity > minSimilarity) {
          if (distance < bestDistance) {
            bestDistance = distance;
            similar = [candidate];
          } else if (distance === bestDistance) {
            similar.push(candidate);
          }
        }
      });
      similar.sort((a, b) => a.localeCompare(b));
      if (searchingOptions) {
        similar = similar.map((candidate) => `--${candidate}`);
      }
      if (similar.length > 1) {
        return `
(Did you mean one of ${similar.join(", ")}?)`;
      }
      if (similar.length === 1) {
        return `
(Did you mean ${similar[0]}?)`;
      }
      return "";
    }
    exports.suggestSimilar = suggestSimilar;
  }
});

// node_modules/commander/lib/command.js
var require_command = __commonJS({
  "node_modules/commander/lib/command.js"(exports) {
    var EventEmitter = __require("node:events").EventEmitter;
    var childProcess = __require("node:child_process");
    var path = __require("node:path");
    var fs = __require("node:fs");
    var process2 = __require("node:process");
    var { Argument: Argument2, humanReadableArgName } = require_argument();
    var { CommanderError: CommanderError2 } = require_error();
    var { Help: Help2, stripColor } = require_help();
    var { Option: Option2, DualOptions } = require_option();
    var { suggestSimilar } = require_suggestSimilar();
    var Command2 = class _Command extends EventEmitter {
      /**
       * Initialize a new `Command`.
       *
       * @param {string} [name]
       */
      constructor(name) {
        super();
        this.commands = [];
        this.options = [];
        this.parent = null;
        this._allowUnknownOption = false;
        this._allowExcessArguments = false;
        this.registeredArguments = [];
        this._args = this.registeredArguments;
        this.args = [];
        this.rawArgs = [];
        this.processedArgs = [];
        this._scriptPath = null;
        this._name = name || "";
        this._optionValues = {};
        this._optionValueSources = {};
        this._storeOptionsAsProperties = false;
        this._actionHandler = null;
        this._executableHandler = false;
        this._executableFile = null;
        this._executableDir = null;
        this._defaultCommandName = null;
        this._exitCallback = null;
        this._aliases = [];
        this._combineFlagAndOptionalValue = true;
        this._description = "";
        this._summary = "";
        this._argsDescription = void 0;
        this._enablePositionalOptions = false;
        this._passThroughOptions = false;
        this._lifeCycleHooks = {};
        this._showHelpAfterError = false;
        this._showSuggestionAfterError = true;
        this._savedState = null;
        this._outputConfiguration = {
          writeOut: (str) => process2.stdout.write(str),
          writeErr: (str) => process2.stderr.write(str),
          outputError: (str, write3) => write3(str),
          getOutHelpWidth: () => process2.stdout.isTTY ? process2.stdout.columns : void 0,
          getErrHelpWidth: () => process2.stderr.isTTY ? process2.stderr.columns : void 0,
          getOutHasColors: () => useColor() ?? (process2.stdout.isTTY && process2.stdout.hasColors?.()),
          getErrHasColors: () => useColor() ?? (process2.stderr.isTTY && process2.stderr.hasColors?.()),
          stripColor: (str) => stripColor(str)
        };
        this._hidden = false;
        this._helpOption = void 0;
        this._addImplicitHelpCommand = void 0;
        this._helpCommand = void 0;
        this._helpConfiguration = {};
        this._helpGroupHeading = void 0;
        this._defaultCommandGroup = void 0;
        this._defaultOptionGroup = void 0;
      }
      /**
       * Copy settings that are useful to have in common across root command and subcommands.
       *
       * (Used internally when adding a command using `.command()` so subcommands inherit parent settings.)
       *
       * @param {Command} sourceCommand
       * @return {Command} `this` command for chaining
       */
      copyInheritedSettings(sourceCommand) {
        this._outputConfiguration = sourceCommand._outputConfiguration;
        this._helpOption = sourceCommand._helpOption;
        this._helpCommand = sourceCommand._helpCommand;
        this._helpConfiguration = sourceCommand._helpConfiguration;
        this._exitCallback = sourceCommand._exitCallback;
        this._storeOptionsAsProperties = sourceCommand._storeOptionsAsProperties;
        this._combineFlagAndOptionalValue = sourceCommand._combineFlagAndOptionalValue;
        this._allowExcessArguments = sourceCommand._allowExcessArguments;
        this._enablePositionalOptions = sourceCommand._enablePositionalOptions;
        this._showHelpAfterError = sourceCommand._showHelpAfterError;
        this._showSuggestionAfterError = sourceCommand._showSuggestionAfterError;
        return this;
      }
      /**
       * @returns {Command[]}
       * @private
       */
      _getCommandAndAncestors() {
        const result = [];
        for (let command = this; command; command = command.parent) {
          result.push(command);
        }
        return result;
      }
      /**
       * Define a command.
       *
       * There are two styles of command: pay attention to where to put the description.
       *
       * @example
       * // Command implemented using action handler (description is supplied separately to `.command`)
       * program
       *   .command('clone <source> [destination]')
       *   .description('clone a repository into a newly created directory')
       *   .action((source, destination) => {
       *     console.log('clone command called');
       *   });
       *
       * // Command implemented using separate executable file (description is second parameter to `.command`)
       * program
       *   .command('start <service>', 'start named service')
       *   .command('stop [service]', 'stop named service, or all if no name supplied');
       *
       * @param {string} nameAndArgs - command name and arguments, args are `<required>` or `[optional]` and last may also be `variadic...`
       * @param {(object | string)} [actionOptsOrExecDesc] - configuration options (for action), or description (for executable)
       * @param {object} [execOpts] - configuration options (for executable)
       * @return {Command} returns new command for action handler, or `this` for executable command
       */
      command(nameAndArgs, actionOptsOrExecDesc, execOpts) {
        let desc = actionOptsOrExecDesc;
        let opts = execOpts;
        if (typeof desc === "object" && desc !== null) {
          opts = desc;
          desc = null;
        }
        opts = opts || {};
        const [, name, args] = nameAndArgs.match(/([^ ]+) *(.*)/);
        const cmd = this.createCommand(name);
        if (desc) {
          cmd.description(desc);
          cmd._executableHandler = true;
        }
        if (opts.isDefault) this._defaultCommandName = cmd._name;
        cmd._hidden = !!(opts.noHelp || opts.hidden);
        cmd._executableFile = opts.executableFile || null;
        if (args) cmd.arguments(args);
        this._registerCommand(cmd);
        cmd.parent = this;
        cmd.copyInheritedSettings(this);
        if (desc) return this;
        return cmd;
      }
      /**
       * Factory routine to create a new unattached command.
       *
       * See .command() for creating an attached subcommand, which uses this routine to
       * create the command. You can override createCommand to customise subcommands.
       *
       * @param {string} [name]
       * @return {Command} new command
       */
      createCommand(name) {
        return new _Command(name);
      }
      /**
       * You can customise the help with a subclass of Help by overriding createHelp,
       * or by overriding Help properties using configureHelp().
       *
       * @return {Help}
       */
      createHelp() {
        return Object.assign(new Help2(), this.configureHelp());
      }
      /**
       * You can customise the help by overriding Help properties using configureHelp(),
       * or with a subclass of Help by overriding createHelp().
       *
       * @param {object} [configuration] - configuration options
       * @return {(Command | object)} `this` command for chaining, or stored configuration
       */
      configureHelp(configuration) {
        if (configuration === void 0) return this._helpConfiguration;
        this._helpConfiguration = configuration;
        return this;
      }
      /**
       * The default output goes to stdout and stderr. You can customise this for special
       * applications. You can also customise the display of errors by overriding outputError.
       *
       * The configuration properties are all functions:
       *
       *     // change how output being written, defaults to stdout and stderr
       *     writeOut(str)
       *     writeErr(str)
       *     // change how output being written for errors, defaults to writeErr
       *     outputError(str, write) // used for displaying errors and not used for displaying help
       *     // specify width for wrapping help
       *     getOutHelpWidth()
       *     getErrHelpWidth()
       *     // color support, currently only used with Help
       *     getOutHasColors()
       *     getErrHasColors()
       *     stripColor() // used to remove ANSI escape codes if output does not have colors
       *
       * @param {object} [configuration] - configuration options
       * @return {(Command | object)} `this` command for chaining, or stored configuration
       */
      configureOutput(configuration) {
        if (configuration === void 0) return this._outputConfiguration;
        this._outputConfiguration = {
          ...this._outputConfiguration,
          ...configuration
        };
        return this;
      }
      /**
       * Display the help or a custom message after an error occurs.
       *
       * @param {(boolean|string)} [displayHelp]
       * @return {Command} `this` command for chaining
       */
      showHelpAfterError(displayHelp = true) {
        if (typeof displayHelp !== "string") displayHelp = !!displayHelp;
        this._showHelpAfterError = displayHelp;
        return this;
      }
      /**
       * Display suggestion of similar commands for unknown commands, or options for unknown options.
       *
       * @param {boolean} [displaySuggestion]
       * @return {Command} `this` command for chaining
       */
      showSuggestionAfterError(displaySuggestion = true) {
        this._showSuggestionAfterError = !!displaySuggestion;
        return this;
      }
      /**
       * Add a prepared subcommand.
       *
       * See .command() for creating an attached subcommand which inherits settings from its parent.
       *
       * @param {Command} cmd - new subcommand
       * @param {object} [opts] - configuration options
       * @return {Command} `this` command for chaining
       */
      addCommand(cmd, opts) {
        if (!cmd._name) {
          throw new Error(`Command passed to .addCommand() must have a name
- specify the name in Command constructor or using .name()`);
        }
        opts = opts || {};
        if (opts.isDefault) this._defaultCommandName = cmd._name;
        if (opts.noHelp || opts.hidden) cmd._hidden = true;
        this._registerCommand(cmd);
        cmd.parent = this;
        cmd._checkForBrokenPassThrough();
        return this;
      }
      /**
       * Factory routine to create a new unattached argument.
       *
       * See .argument() for creating an attached argument, which uses this routine to
       * create the argument. You can override createArgument to return a custom argument.
       *
       * @param {string} name
       * @param {string} [description]
       * @return {Argument} new argument
       */
      createArgument(name, description) {
        return new Argument2(name, description);
      }
      /**
       * Define argument syntax for command.
       *
       * The default is that the argument is required, and you can explicitly
       * indicate this with <> around the name. Put [] around the name for an optional argument.
       *
       * @example
       * program.argument('<input-file>');
       * program.argument('[output-file]');
       *
       * @param {string} name
       * @param {string} [description]
       * @param {(Function|*)} [parseArg] - custom argument processing function or default value
       * @param {*} [defaultValue]
       * @return {Command} `this` command for chaining
       */
      argument(name, description, parseArg, defaultValue) {
        const argument = this.createArgument(name, description);
        if (typeof parseArg === "function") {
          argument.default(defaultValue).argParser(parseArg);
        } else {
          argument.default(parseArg);
        }
        this.addArgument(argument);
        return this;
      }
      /**
       * Define argument syntax for command, adding multiple at once (without descriptions).
       *
       * See also .argument().
       *
       * @example
       * program.arguments('<cmd> [env]');
       *
       * @param {string} names
       * @return {Command} `this` command for chaining
       */
      arguments(names) {
        names.trim().split(/ +/).forEach((detail) => {
          this.argument(detail);
        });
        return this;
      }
      /**
       * Define argument syntax for command, adding a prepared argument.
       *
       * @param {Argument} argument
       * @return {Command} `this` command for chaining
       */
      addArgument(argument) {
        const previousArgument = this.registeredArguments.slice(-1)[0];
        if (previousArgument?.variadic) {
          throw new Error(
            `only the last argument can be variadic '${previousArgument.name()}'`
          );
        }
        if (argument.required && argument.defaultValue !== void 0 && argument.parseArg === void 0) {
          throw new Error(
            `a default value for a required argument is never used: '${argument.name()}'`
          );
        }
        this.registeredArguments.push(argument);
        return this;
      }
      /**
       * Customise or override default help command. By default a help command is automatically added if your command has subcommands.
       *
       * @example
       *    program.helpCommand('help [cmd]');
       *    program.helpCommand('help [cmd]', 'show help');
       *    program.helpCommand(false); // suppress default help command
       *    program.helpCommand(true); // add help command even if no subcommands
       *
       * @param {string|boolean} enableOrNameAndArgs - enable with custom name and/or arguments, or boolean to override whether added
       * @param {string} [description] - custom description
       * @return {Command} `this` command for chaining
       */
      helpCommand(enableOrNameAndArgs, description) {
        if (typeof enableOrNameAndArgs === "boolean") {
          this._addImplicitHelpCommand = enableOrNameAndArgs;
          if (enableOrNameAndArgs && this._defaultCommandGroup) {
            this._initCommandGroup(this._getHelpCommand());
          }
          return this;
        }
        const nameAndArgs = enableOrNameAndArgs ?? "help [command]";
        const [, helpName, helpArgs] = nameAndArgs.match(/([^ ]+) *(.*)/);
        const helpDescription = description ?? "display help for command";
        const helpCommand = this.createCommand(helpName);
        helpCommand.helpOption(false);
        if (helpArgs) helpCommand.arguments(helpArgs);
        if (helpDescription) helpCommand.description(helpDescription);
        this._addImplicitHelpCommand = true;
        this._helpCommand = helpCommand;
        if (enableOrNameAndArgs || description) this._initCommandGroup(helpCommand);
        return this;
      }
      /**
       * Add prepared custom help command.
       *
       * @param {(Command|string|boolean)} helpCommand - custom help command, or deprecated enableOrNameAndArgs as for `.helpCommand()`
       * @param {string} [deprecatedDescription] - deprecated custom description used with custom name only
       * @return {Command} `this` command for chaining
       */
      addHelpCommand(helpCommand, deprecatedDescription) {
        if (typeof helpCommand !== "object") {
          this.helpCommand(helpCommand, deprecatedDescription);
          return this;
        }
        this._addImplicitHelpCommand = true;
        this._helpCommand = helpCommand;
        this._initCommandGroup(helpCommand);
        return this;
      }
      /**
       * Lazy create help command.
       *
       * @return {(Command|null)}
       * @package
       */
      _getHelpCommand() {
        const hasImplicitHelpCommand = this._addImplicitHelpCommand ?? (this.commands.length && !this._actionHandler && !this._findCommand("help"));
        if (hasImplicitHelpCommand) {
          if (this._helpCommand === void 0) {
            this.helpCommand(void 0, void 0);
          }
          return this._helpCommand;
        }
        return null;
      }
      /**
       * Add hook for life cycle event.
       *
       * @param {string} event
       * @param {Function} listener
       * @return {Command} `this` command for chaining
       */
      hook(event, listener) {
        const allowedValues = ["preSubcommand", "preAction", "postAction"];
        if (!allowedValues.includes(event)) {
          throw new Error(`Unexpected value for event passed to hook : '${event}'.
Expecting one of '${allowedValues.join("', '")}'`);
        }
        if (this._lifeCycleHooks[event]) {
          this._lifeCycleHooks[event].push(listener);
        } else {
          this._lifeCycleHooks[event] = [listener];
        }
        return this;
      }
      /**
       * Register callback to use as replacement for calling process.exit.
       *
       * @param {Function} [fn] optional callback which will be passed a CommanderError, defaults to throwing
       * @return {Command} `this` command for chaining
       */
      exitOverride(fn) {
        if (fn) {
          this._exitCallback = fn;
        } else {
          this._exitCallback = (err) => {
            if (err.code !== "commander.executeSubCommandAsync") {
              throw err;
            } else {
            }
          };
        }
        return this;
      }
      /**
       * Call process.exit, and _exitCallback if defined.
       *
       * @param {number} exitCode exit code for using with process.exit
       * @param {string} code an id string representing the error
       * @param {string} message human-readable description of the error
       * @return never
       * @private
       */
      _exit(exitCode, code, message) {
        if (this._exitCallback) {
          this._exitCallback(new CommanderError2(exitCode, code, message));
        }
        process2.exit(exitCode);
      }
      /**
       * Register callback `fn` for the command.
       *
       * @example
       * program
       *   .command('serve')
       *   .description('start service')
       *   .action(function() {
       *      // do work here
       *   });
       *
       * @param {Function} fn
       * @return {Command} `this` command for chaining
       */
      action(fn) {
        const listener = (args) => {
          const expectedArgsCount = this.registeredArguments.length;
          const actionArgs = args.slice(0, expectedArgsCount);
          if (this._storeOptionsAsProperties) {
            actionArgs[expectedArgsCount] = this;
          } else {
            actionArgs[expectedArgsCount] = this.opts();
          }
          actionArgs.push(this);
          return fn.apply(this, actionArgs);
        };
        this._actionHandler = listener;
        return this;
      }
      /**
       * Factory routine to create a new unattached option.
       *
       * See .option() for creating an attached option, which uses this routine to
       * create the option. You can override createOption to return a custom option.
       *
       * @param {string} flags
       * @param {string} [description]
       * @return {Option} new option
       */
      createOption(flags, description) {
        return new Option2(flags, description);
      }
      /**
       * Wrap parseArgs to catch 'commander.invalidArgument'.
       *
       * @param {(Option | Argument)} target
       * @param {string} value
       * @param {*} previous
       * @param {string} invalidArgumentMessage
       * @private
       */
      _callParseArg(target, value, previous, invalidArgumentMessage) {
        try {
          return target.parseArg(value, previous);
        } catch (err) {
          if (err.code === "commander.invalidArgument") {
            const message = `${invalidArgumentMessage} ${err.message}`;
            this.error(message, { exitCode: err.exitCode, code: err.code });
          }
          throw err;
        }
      }
      /**
       * Check for option flag conflicts.
       * Register option if no conflicts found, or throw on conflict.
       *
       * @param {Option} option
       * @private
       */
      _registerOption(option) {
        const matchingOption = option.short && this._findOption(option.short) || option.long && this._findOption(option.long);
        if (matchingOption) {
          const matchingFlag = option.long && this._findOption(option.long) ? option.long : option.short;
          throw new Error(`Cannot add option '${option.flags}'${this._name && ` to command '${this._name}'`} due to conflicting flag '${matchingFlag}'
-  already used by option '${matchingOption.flags}'`);
        }
        this._initOptionGroup(option);
        this.options.push(option);
      }
      /**
       * Check for command name and alias conflicts with existing commands.
       * Register command if no conflicts found, or throw on conflict.
       *
       * @param {Command} command
       * @private
       */
      _registerCommand(command) {
        const knownBy = (cmd) => {
          return [cmd.name()].concat(cmd.aliases());
        };
        const alreadyUsed = knownBy(command).find(
          (name) => this._findCommand(name)
        );
        if (alreadyUsed) {
          const existingCmd = knownBy(this._findCommand(alreadyUsed)).join("|");
          const newCmd = knownBy(command).join("|");
          throw new Error(
            `cannot add command '${newCmd}' as already have command '${existingCmd}'`
          );
        }
        this._initCommandGroup(command);
        this.commands.push(command);
      }
      /**
       * Add an option.
       *
       * @param {Option} option
       * @return {Command} `this` command for chaining
       */
      addOption(option) {
        this._registerOption(option);
        const oname = option.name();
        const name = option.attributeName();
        if (option.negate) {
          const positiveLongFlag = option.long.replace(/^--no-/, "--");
          if (!this._findOption(positiveLongFlag)) {
            this.setOptionValueWithSource(
              name,
              option.defaultValue === void 0 ? true : option.defaultValue,
              "default"
            );
          }
        } else if (option.defaultValue !== void 0) {
          this.setOptionValueWithSource(name, option.defaultValue, "default");
        }
        const handleOptionValue = (val, invalidValueMessage, valueSource) => {
          if (val == null && option.presetArg !== void 0) {
            val = option.presetArg;
          }
          const oldValue = this.getOptionValue(name);
          if (val !== null && option.parseArg) {
            val = this._callParseArg(option, val, oldValue, invalidValueMessage);
          } else if (val !== null && option.variadic) {
            val = option._collectValue(val, oldValue);
          }
          if (val == null) {
            if (option.negate) {
              val = false;
            } else if (option.isBoolean() || option.optional) {
              val = true;
            } else {
              val = "";
            }
          }
          this.setOptionValueWithSource(name, val, valueSource);
        };
        this.on("option:" + oname, (val) => {
          const invalidValueMessage = `error: option '${option.flags}' argument '${val}' is invalid.`;
          handleOptionValue(val, invalidValueMessage, "cli");
        });
        if (option.envVar) {
          this.on("optionEnv:" + oname, (val) => {
            const invalidValueMessage = `error: option '${option.flags}' value '${val}' from env '${option.envVar}' is invalid.`;
            handleOptionValue(val, invalidValueMessage, "env");
          });
        }
        return this;
      }
      /**
       * Internal implementation shared by .option() and .requiredOption()
       *
       * @return {Command} `this` command for chaining
       * @private
       */
      _optionEx(config, flags, description, fn, defaultValue) {
        if (typeof flags === "object" && flags instanceof Option2) {
          throw new Error(
            "To add an Option object use addOption() instead of option() or requiredOption()"
          );
        }
        const option = this.createOption(flags, description);
        option.makeOptionMandatory(!!config.mandatory);
        if (typeof fn === "function") {
          option.default(defaultValue).argParser(fn);
        } else if (fn instanceof RegExp) {
          const regex = fn;
          fn = (val, def) => {
            const m = regex.exec(val);
            return m ? m[0] : def;
          };
          option.default(defaultValue).argParser(fn);
        } else {
          option.default(fn);
        }
        return this.addOption(option);
      }
      /**
       * Define option with `flags`, `description`, and optional argument parsing function or `defaultValue` or both.
       *
       * The `flags` string contains the short and/or long flags, separated by comma, a pipe or space. A required
       * option-argument is indicated by `<>` and an optional option-argument by `[]`.
       *
       * See the README for more details, and see also addOption() and requiredOption().
       *
       * @example
       * program
       *     .option('-p, --pepper', 'add pepper')
       *     .option('--pt, --pizza-type <TYPE>', 'type of pizza') // required option-argument
       *     .option('-c, --cheese [CHEESE]', 'add extra cheese', 'mozzarella') // optional option-argument with default
       *     .option('-t, --tip <VALUE>', 'add tip to purchase cost', parseFloat) // custom parse function
       *
       * @param {string} flags
       * @param {string} [description]
       * @param {(Function|*)} [parseArg] - custom option processing function or default value
       * @param {*} [defaultValue]
       * @return {Command} `this` command for chaining
       */
      option(flags, description, parseArg, defaultValue) {
        return this._optionEx({}, flags, description, parseArg, defaultValue);
      }
      /**
       * Add a required option which must have a value after parsing. This usually means
       * the option must be specified on the command line. (Otherwise the same as .option().)
       *
       * The `flags` string contains the short and/or long flags, separated by comma, a pipe or space.
       *
       * @param {string} flags
       * @param {string} [description]
       * @param {(Function|*)} [parseArg] - custom option processing function or default value
       * @param {*} [defaultValue]
       * @return {Command} `this` command for chaining
       */
      requiredOption(flags, description, parseArg, defaultValue) {
        return this._optionEx(
          { mandatory: true },
          flags,
          description,
          parseArg,
          defaultValue
        );
      }
      /**
       * Alter parsing of short flags with optional values.
       *
       * @example
       * // for `.option('-f,--flag [value]'):
       * program.combineFlagAndOptionalValue(true);  // `-f80` is treated like `--flag=80`, this is the default behaviour
       * program.combineFlagAndOptionalValue(false) // `-fb` is treated like `-f -b`
       *
       * @param {boolean} [combine] - if `true` or omitted, an optional value can be specified directly after the flag.
       * @return {Command} `this` command for chaining
       */
      combineFlagAndOptionalValue(combine = true) {
        this._combineFlagAndOptionalValue = !!combine;
        return this;
      }
      /**
       * Allow unknown options on the command line.
       *
       * @param {boolean} [allowUnknown] - if `true` or omitted, no error will be thrown for unknown options.
       * @return {Command} `this` command for chaining
       */
      allowUnknownOption(allowUnknown = true) {
        this._allowUnknownOption = !!allowUnknown;
        return this;
      }
      /**
       * Allow excess command-arguments on the command line. Pass false to make excess arguments an error.
       *
       * @param {boolean} [allowExcess] - if `true` or omitted, no error will be thrown for excess arguments.
       * @return {Command} `this` command for chaining
       */
      allowExcessArguments(allowExcess = true) {
        this._allowExcessArguments = !!allowExcess;
        return this;
      }
      /**
       * Enable positional options. Positional means global options are specified before subcommands which lets
       * subcommands reuse the same option names, and also enables subcommands to turn on passThroughOptions.
       * The default behaviour is non-positional and global options may appear anywhere on the command line.
       *
       * @param {boolean} [positional]
       * @return {Command} `this` command for chaining
       */
      enablePositionalOptions(positional = true) {
        this._enablePositionalOptions = !!positional;
        return this;
      }
      /**
       * Pass through options that come after command-arguments rather than treat them as command-options,
       * so actual command-options come before command-arguments. Turning this on for a subcommand requires
       * positional options to have been enabled on the program (parent commands).
       * The default behaviour is non-positional and options may appear before or after command-arguments.
       *
       * @param {boolean} [passThrough] for unknown options.
       * @return {Command} `this` command for chaining
       */
      passThroughOptions(passThrough = true) {
        this._passThroughOptions = !!passThrough;
        this._checkForBrokenPassThrough();
        return this;
      }
      /**
       * @private
       */
      _checkForBrokenPassThrough() {
        if (this.parent && this._passThroughOptions && !this.parent._enablePositionalOptions) {
          throw new Error(
            `passThroughOptions cannot be used for '${this._name}' without turning on enablePositionalOptions for parent command(s)`
          );
        }
      }
      /**
       * Whether to store option values as properties on command object,
       * or store separately (specify false). In both cases the option values can be accessed using .opts().
       *
       * @param {boolean} [storeAsProperties=true]
       * @return {Command} `this` command for chaining
       */
      storeOptionsAsProperties(storeAsProperties = true) {
        if (this.options.length) {
          throw new Error("call .storeOptionsAsProperties() before adding options");
        }
        if (Object.keys(this._optionValues).length) {
          throw new Error(
            "call .storeOptionsAsProperties() before setting option values"
          );
        }
        this._storeOptionsAsProperties = !!storeAsProperties;
        return this;
      }
      /**
       * Retrieve option value.
       *
       * @param {string} key
       * @return {object} value
       */
      getOptionValue(key) {
        if (this._storeOptionsAsProperties) {
          return this[key];
        }
        return this._optionValues[key];
      }
      /**
       * Store option value.
       *
       * @param {string} key
       * @param {object} value
       * @return {Command} `this` command for chaining
       */
      setOptionValue(key, value) {
        return this.setOptionValueWithSource(key, value, void 0);
      }
      /**
       * Store option value and where the value came from.
       *
       * @param {string} key
       * @param {object} value
       * @param {string} source - expected values are default/config/env/cli/implied
       * @return {Command} `this` command for chaining
       */
      setOptionValueWithSource(key, value, source) {
        if (this._storeOptionsAsProperties) {
          this[key] = value;
        } else {
          this._optionValues[key] = value;
        }
        this._optionValueSources[key] = source;
        return this;
      }
      /**
       * Get source of option value.
       * Expected values are default | config | env | cli | implied
       *
       * @param {string} key
       * @return {string}
       */
      getOptionValueSource(key) {
        return this._optionValueSources[key];
      }
      /**
       * Get source of option value. See also .optsWithGlobals().
       * Expected values are default | config | env | cli | implied
       *
       * @param {string} key
       * @return {string}
       */
      getOptionValueSourceWithGlobals(key) {
        let source;
        this._getCommandAndAncestors().forEach((cmd) => {
          if (cmd.getOptionValueSource(key) !== void 0) {
            source = cmd.getOptionValueSource(key);
          }
        });
        return source;
      }
      /**
       * Get user arguments from implied or explicit arguments.
       * Side-effects: set _scriptPath if args included script. Used for default program name, and subcommand searches.
       *
       * @private
       */
      _prepareUserArgs(argv, parseOptions) {
        if (argv !== void 0 && !Array.isArray(argv)) {
          throw new Error("first parameter to parse must be array or undefined");
        }
        parseOptions = parseOptions || {};
        if (argv === void 0 && parseOptions.from === void 0) {
          if (process2.versions?.electron) {
            parseOptions.from = "electron";
          }
          const execArgv = process2.execArgv ?? [];
          if (execArgv.includes("-e") || execArgv.includes("--eval") || execArgv.includes("-p") || execArgv.includes("--print")) {
            parseOptions.from = "eval";
          }
        }
        if (argv === void 0) {
          argv = process2.argv;
        }
        this.rawArgs = argv.slice();
        let userArgs;
        switch (parseOptions.from) {
          case void 0:
          case "node":
            this._scriptPath = argv[1];
            userArgs = argv.slice(2);
            break;
          case "electron":
            if (process2.defaultApp) {
              this._scriptPath = argv[1];
              userArgs = argv.slice(2);
            } else {
              userArgs = argv.slice(1);
            }
            break;
          case "user":
            userArgs = argv.slice(0);
            break;
          case "eval":
            userArgs = argv.slice(1);
            break;
          default:
            throw new Error(
              `unexpected parse option { from: '${parseOptions.from}' }`
            );
        }
        if (!this._name && this._scriptPath)
          this.nameFromFilename(this._scriptPath);
        this._name = this._name || "program";
        return userArgs;
      }
      /**
       * Parse `argv`, setting options and invoking commands when defined.
       *
       * Use parseAsync instead of parse if any of your action handlers are async.
       *
       * Call with no parameters to parse `process.argv`. Detects Electron and special node options like `node --eval`. Easy mode!
       *
       * Or call with an array of strings to parse, and optionally where the user arguments start by specifying where the arguments are `from`:
       * - `'node'`: default, `argv[0]` is the application and `argv[1]` is the script being run, with user arguments after that
       * - `'electron'`: `argv[0]` is the application and `argv[1]` varies depending on whether the electron application is packaged
       * - `'user'`: just user arguments
       *
       * @example
       * program.parse(); // parse process.argv and auto-detect electron and special node flags
       * program.parse(process.argv); // assume argv[0] is app and argv[1] is script
       * program.parse(my-args, { from: 'user' }); // just user supplied arguments, nothing special about argv[0]
       *
       * @param {string[]} [argv] - optional, defaults to process.argv
       * @param {object} [parseOptions] - optionally specify style of options with from: node/user/electron
       * @param {string} [parseOptions.from] - where the args are from: 'node', 'user', 'electron'
       * @return {Command} `this` command for chaining
       */
      parse(argv, parseOptions) {
        this._prepareForParse();
        const userArgs = this._prepareUserArgs(argv, parseOptions);
        this._parseCommand([], userArgs);
        return this;
      }
      /**
       * Parse `argv`, setting options and invoking commands when defined.
       *
       * Call with no parameters to parse `process.argv`. Detects Electron and special node options like `node --eval`. Easy mode!
       *
       * Or call with an array of strings to parse, and optionally where the user arguments start by specifying where the arguments are `from`:
       * - `'node'`: default, `argv[0]` is the application and `argv[1]` is the script being run, with user arguments after that
       * - `'electron'`: `argv[0]` is the application and `argv[1]` varies depending on whether the electron application is packaged
       * - `'user'`: just user arguments
       *
       * @example
       * await program.parseAsync(); // parse process.argv and auto-detect electron and special node flags
       * await program.parseAsync(process.argv); // assume argv[0] is app and argv[1] is script
       * await program.parseAsync(my-args, { from: 'user' }); // just user supplied arguments, nothing special about argv[0]
       *
       * @param {string[]} [argv]
       * @param {object} [parseOptions]
       * @param {string} parseOptions.from - where the args are from: 'node', 'user', 'electron'
       * @return {Promise}
       */
      async parseAsync(argv, parseOptions) {
        this._prepareForParse();
        const userArgs = this._prepareUserArgs(argv, parseOptions);
        await this._parseCommand([], userArgs);
        return this;
      }
      _prepareForParse() {
        if (this._savedState === null) {
          this.saveStateBeforeParse();
        } else {
          this.restoreStateBeforeParse();
        }
      }
      /**
       * Called the first time parse is called to save state and allow a restore before subsequent calls to parse.
       * Not usually called directly, but available for subclasses to save their custom state.
       *
       * This is called in a lazy way. Only commands used in parsing chain will have state saved.
       */
      saveStateBeforeParse() {
        this._savedState = {
          // name is stable if supplied by author, but may be unspecified for root command and deduced during parsing
          _name: this._name,
          // option values before parse have default values (including false for negated options)
          // shallow clones
          _optionValues: { ...this._optionValues },
          _optionValueSources: { ...this._optionValueSources }
        };
      }
      /**
       * Restore state before parse for calls after the first.
       * Not usually called directly, but available for subclasses to save their custom state.
       *
       * This is called in a lazy way. Only commands used in parsing chain will have state restored.
       */
      restoreStateBeforeParse() {
        if (this._storeOptionsAsProperties)
          throw new Error(`Can not call parse again when storeOptionsAsProperties is true.
- either make a new Command for each call to parse, or stop storing options as properties`);
        this._name = this._savedState._name;
        this._scriptPath = null;
        this.rawArgs = [];
        this._optionValues = { ...this._savedState._optionValues };
        this._optionValueSources = { ...this._savedState._optionValueSources };
        this.args = [];
        this.processedArgs = [];
      }
      /**
       * Throw if expected executable is missing. Add lots of help for author.
       *
       * @param {string} executableFile
       * @param {string} executableDir
       * @param {string} subcommandName
       */
      _checkForMissingExecutable(executableFile, executableDir, subcommandName) {
        if (fs.existsSync(executableFile)) return;
        const executableDirMessage = executableDir ? `searched for local subcommand relative to directory '${executableDir}'` : "no directory for search for local subcommand, use .executableDir() to supply a custom directory";
        const executableMissing = `'${executableFile}' does not exist
 - if '${subcommandName}' is not meant to be an executable command, remove description parameter from '.command()' and use '.description()' instead
 - if the default executable name is not suitable, use the executableFile option to supply a custom name or path
 - ${executableDirMessage}`;
        throw new Error(executableMissing);
      }
      /**
       * Execute a sub-command executable.
       *
       * @private
       */
      _executeSubCommand(subcommand, args) {
        args = args.slice();
        let launchWithNode = false;
        const sourceExt = [".js", ".ts", ".tsx", ".mjs", ".cjs"];
        function findFile(baseDir, baseName) {
          const localBin = path.resolve(baseDir, baseName);
          if (fs.existsSync(localBin)) return localBin;
          if (sourceExt.includes(path.extname(baseName))) return void 0;
          const foundExt = sourceExt.find(
            (ext) => fs.existsSync(`${localBin}${ext}`)
          );
          if (foundExt) return `${localBin}${foundExt}`;
          return void 0;
        }
        this._checkForMissingMandatoryOptions();
        this._checkForConflictingOptions();
        let executableFile = subcommand._executableFile || `${this._name}-${subcommand._name}`;
        let executableDir = this._executableDir || "";
        if (this._scriptPath) {
          let resolvedScriptPath;
          try {
            resolvedScriptPath = fs.realpathSync(this._scriptPath);
          } catch {
            resolvedScriptPath = this._scriptPath;
          }
          executableDir = path.resolve(
            path.dirname(resolvedScriptPath),
            executableDir
          );
        }
        if (executableDir) {
          let localFile = findFile(executableDir, executableFile);
          if (!localFile && !subcommand._executableFile && this._scriptPath) {
            const legacyName = path.basename(
              this._scriptPath,
              path.extname(this._scriptPath)
            );
            if (legacyName !== this._name) {
              localFile = findFile(
                executableDir,
                `${legacyName}-${subcommand._name}`
              );
            }
          }
          executableFile = localFile || executableFile;
        }
        launchWithNode = sourceExt.includes(path.extname(executableFile));
        let proc;
        if (process2.platform !== "win32") {
          if (launchWithNode) {
            args.unshift(executableFile);
            args = incrementNodeInspectorPort(process2.execArgv).concat(args);
            proc = childProcess.spawn(process2.argv[0], args, { stdio: "inherit" });
          } else {
            proc = childProcess.spawn(executableFile, args, { stdio: "inherit" });
          }
        } else {
          this._checkForMissingExecutable(
            executableFile,
            executableDir,
            subcommand._name
          );
          args.unshift(executableFile);
          args = incrementNodeInspectorPort(process2.execArgv).concat(args);
          proc = childProcess.spawn(process2.execPath, args, { stdio: "inherit" });
        }
        if (!proc.killed) {
          const signals = ["SIGUSR1", "SIGUSR2", "SIGTERM", "SIGINT", "SIGHUP"];
          signals.forEach((signal) => {
            process2.on(signal, () => {
              if (proc.killed === false && proc.exitCode === null) {
                proc.kill(signal);
              }
            });
          });
        }
        const exitCallback = this._exitCallback;
        proc.on("close", (code) => {
          code = code ?? 1;
          if (!exitCallback) {
            process2.exit(code);
          } else {
            exitCallback(
              new CommanderError2(
                code,
                "commander.executeSubCommandAsync",
                "(close)"
              )
            );
          }
        });
        proc.on("error", (err) => {
          if (err.code === "ENOENT") {
            this._checkForMissingExecutable(
              executableFile,
              executableDir,
              subcommand._name
            );
          } else if (err.code === "EACCES") {
            throw new Error(`'${executableFile}' not executable`);
          }
          if (!exitCallback) {
            process2.exit(1);
          } else {
            const wrappedError = new CommanderError2(
              1,
              "commander.executeSubCommandAsync",
              "(error)"
            );
            wrappedError.nestedError = err;
            exitCallback(wrappedError);
          }
        });
        this.runningCommand = proc;
      }
      /**
       * @private
       */
      _dispatchSubcommand(commandName, operands, unknown) {
        const subCommand = this._findCommand(commandName);
        if (!subCommand) this.help({ error: true });
        subCommand._prepareForParse();
        let promiseChain;
        promiseChain = this._chainOrCallSubCommandHook(
          promiseChain,
          subCommand,
          "preSubcommand"
        );
        promiseChain = this._chainOrCall(promiseChain, () => {
          if (subCommand._executableHandler) {
            this._executeSubCommand(subCommand, operands.concat(unknown));
          } else {
            return subCommand._parseCommand(operands, unknown);
          }
        });
        return promiseChain;
      }
      /**
       * Invoke help directly if possible, or dispatch if necessary.
       * e.g. help foo
       *
       * @private
       */
      _dispatchHelpCommand(subcommandName) {
        if (!subcommandName) {
          this.help();
        }
        const subCommand = this._findCommand(subcommandName);
        if (subCommand && !subCommand._executableHandler) {
          subCommand.help();
        }
        return this._dispatchSubcommand(
          subcommandName,
          [],
          [this._getHelpOption()?.long ?? this._getHelpOption()?.short ?? "--help"]
        );
      }
      /**
       * Check this.args against expected this.registeredArguments.
       *
       * @private
       */
      _checkNumberOfArguments() {
        this.registeredArguments.forEach((arg, i) => {
          if (arg.required && this.args[i] == null) {
            this.missingArgument(arg.name());
          }
        });
        if (this.registeredArguments.length > 0 && this.registeredArguments[this.registeredArguments.length - 1].variadic) {
          return;
        }
        if (this.args.length > this.registeredArguments.length) {
          this._excessArguments(this.args);
        }
      }
      /**
       * Process this.args using this.registeredArguments and save as this.processedArgs!
       *
       * @private
       */
      _processArguments() {
        const myParseArg = (argument, value, previous) => {
          let parsedValue = value;
          if (value !== null && argument.parseArg) {
            const invalidValueMessage = `error: command-argument value '${value}' is invalid for argument '${argument.name()}'.`;
            parsedValue = this._callParseArg(
              argument,
              value,
              previous,
              invalidValueMessage
            );
          }
          return parsedValue;
        };
        this._checkNumberOfArguments();
        const processedArgs = [];
        this.registeredArguments.forEach((declaredArg, index) => {
          let value = declaredArg.defaultValue;
          if (declaredArg.variadic) {
            if (index < this.args.length) {
              value = this.args.slice(index);
              if (declaredArg.parseArg) {
                value = value.reduce((processed, v) => {
                  return myParseArg(declaredArg, v, processed);
                }, declaredArg.defaultValue);
              }
            } else if (value === void 0) {
              value = [];
            }
          } else if (index < this.args.length) {
            value = this.args[index];
            if (declaredArg.parseArg) {
              value = myParseArg(declaredArg, value, declaredArg.defaultValue);
            }
          }
          processedArgs[index] = value;
        });
        this.processedArgs = processedArgs;
      }
      /**
       * Once we have a promise we chain, but call synchronously until then.
       *
       * @param {(Promise|undefined)} promise
       * @param {Function} fn
       * @return {(Promise|undefined)}
       * @private
       */
      _chainOrCall(promise, fn) {
        if (promise?.then && typeof promise.then === "function") {
          return promise.then(() => fn());
        }
        return fn();
      }
      /**
       *
       * @param {(Promise|undefined)} promise
       * @param {string} event
       * @return {(Promise|undefined)}
       * @private
       */
      _chainOrCallHooks(promise, event) {
        let result = promise;
        const hooks = [];
        this._getCommandAndAncestors().reverse().filter((cmd) => cmd._lifeCycleHooks[event] !== void 0).forEach((hookedCommand) => {
          hookedCommand._lifeCycleHooks[event].forEach((callback) => {
            hooks.push({ hookedCommand, callback });
          });
        });
        if (event === "postAction") {
          hooks.reverse();
        }
        hooks.forEach((hookDetail) => {
          result = this._chainOrCall(result, () => {
            return hookDetail.callback(hookDetail.hookedCommand, this);
          });
        });
        return result;
      }
      /**
       *
       * @param {(Promise|undefined)} promise
       * @param {Command} subCommand
       * @param {string} event
       * @return {(Promise|undefined)}
       * @private
       */
      _chainOrCallSubCommandHook(promise, subCommand, event) {
        let result = promise;
        if (this._lifeCycleHooks[event] !== void 0) {
          this._lifeCycleHooks[event].forEach((hook) => {
            result = this._chainOrCall(result, () => {
              return hook(this, subCommand);
            });
          });
        }
        return result;
      }
      /**
       * Process arguments in context of this command.
       * Returns action result, in case it is a promise.
       *
       * @private
       */
      _parseCommand(operands, unknown) {
        const parsed = this.parseOptions(unknown);
        this._parseOptionsEnv();
        this._parseOptionsImplied();
        operands = operands.concat(parsed.operands);
        unknown = parsed.unknown;
        this.args = operands.concat(unknown);
        if (operands && this._findCommand(operands[0])) {
          return this._dispatchSubcommand(operands[0], operands.slice(1), unknown);
        }
        if (this._getHelpCommand() && operands[0] === this._getHelpCommand().name()) {
          return this._dispatchHelpCommand(operands[1]);
        }
        if (this._defaultCommandName) {
          this._outputHelpIfRequested(unknown);
          return this._dispatchSubcommand(
            this._defaultCommandName,
            operands,
            unknown
          );
        }
        if (this.commands.length && this.args.length === 0 && !this._actionHandler && !this._defaultCommandName) {
          this.help({ error: true });
        }
        this._outputHelpIfRequested(parsed.unknown);
        this._checkForMissingMandatoryOptions();
        this._checkForConflictingOptions();
        const checkForUnknownOptions = () => {
          if (parsed.unknown.length > 0) {
            this.unknownOption(parsed.unknown[0]);
          }
        };
        const commandEvent = `command:${this.name()}`;
        if (this._actionHandler) {
          checkForUnknownOptions();
          this._processArguments();
          let promiseChain;
          promiseChain = this._chainOrCallHooks(promiseChain, "preAction");
          promiseChain = this._chainOrCall(
            promiseChain,
            () => this._actionHandler(this.processedArgs)
          );
          if (this.parent) {
            promiseChain = this._chainOrCall(promiseChain, () => {
              this.parent.emit(commandEvent, operands, unknown);
            });
          }
          promiseChain = this._chainOrCallHooks(promiseChain, "postAction");
          return promiseChain;
        }
        if (this.parent?.listenerCount(commandEvent)) {
          checkForUnknownOptions();
          this._processArguments();
          this.parent.emit(commandEvent, operands, unknown);
        } else if (operands.length) {
          if (this._findCommand("*")) {
            return this._dispatchSubcommand("*", operands, unknown);
          }
          if (this.listenerCount("command:*")) {
            this.emit("command:*", operands, unknown);
          } else if (this.commands.length) {
            this.unknownCommand();
          } else {
            checkForUnknownOptions();
            this._processArguments();
          }
        } else if (this.commands.length) {
          checkForUnknownOptions();
          this.help({ error: true });
        } else {
          checkForUnknownOptions();
          this._processArguments();
        }
      }
      /**
       * Find matching command.
       *
       * @private
       * @return {Command | undefined}
       */
      _findCommand(name) {
        if (!name) return void 0;
        return this.commands.find(
          (cmd) => cmd._name === name || cmd._aliases.includes(name)
        );
      }
      /**
       * Return an option matching `arg` if any.
       *
       * @param {string} arg
       * @return {Option}
       * @package
       */
      _findOption(arg) {
        return this.options.find((option) => option.is(arg));
      }
      /**
       * Display an error message if a mandatory option does not have a value.
       * Called after checking for help flags in leaf subcommand.
       *
       * @private
       */
      _checkForMissingMandatoryOptions() {
        this._getCommandAndAncestors().forEach((cmd) => {
          cmd.options.forEach((anOption) => {
            if (anOption.mandatory && cmd.getOptionValue(anOption.attributeName()) === void 0) {
              cmd.missingMandatoryOptionValue(anOption);
            }
          });
        });
      }
      /**
       * Display an error message if conflicting options are used together in this.
       *
       * @private
       */
      _checkForConflictingLocalOptions() {
        const definedNonDefaultOptions = this.options.filter((option) => {
          const optionKey = option.attributeName();
          if (this.getOptionValue(optionKey) === void 0) {
            return false;
          }
          return this.getOptionValueSource(optionKey) !== "default";
        });
        const optionsWithConflicting = definedNonDefaultOptions.filter(
          (option) => option.conflictsWith.length > 0
        );
        optionsWithConflicting.forEach((option) => {
          const conflictingAndDefined = definedNonDefaultOptions.find(
            (defined) => option.conflictsWith.includes(defined.attributeName())
          );
          if (conflictingAndDefined) {
            this._conflictingOption(option, conflictingAndDefined);
          }
        });
      }
      /**
       * Display an error message if conflicting options are used together.
       * Called after checking for help flags in leaf subcommand.
       *
       * @private
       */
      _checkForConflictingOptions() {
        this._getCommandAndAncestors().forEach((cmd) => {
          cmd._checkForConflictingLocalOptions();
        });
      }
      /**
       * Parse options from `argv` removing known options,
       * and return argv split into operands and unknown arguments.
       *
       * Side effects: modifies command by storing options. Does not reset state if called again.
       *
       * Examples:
       *
       *     argv => operands, unknown
       *     --known kkk op => [op], []
       *     op --known kkk => [op], []
       *     sub --unknown uuu op => [sub], [--unknown uuu op]
       *     sub -- --unknown uuu op => [sub --unknown uuu op], []
       *
       * @param {string[]} args
       * @return {{operands: string[], unknown: string[]}}
       */
      parseOptions(args) {
        const operands = [];
        const unknown = [];
        let dest = operands;
        function maybeOption(arg) {
          return arg.length > 1 && arg[0] === "-";
        }
        const negativeNumberArg = (arg) => {
          if (!/^-(\d+|\d*\.\d+)(e[+-]?\d+)?$/.test(arg)) return false;
          return !this._getCommandAndAncestors().some(
            (cmd) => cmd.options.map((opt) => opt.short).some((short) => /^-\d$/.test(short))
          );
        };
        let activeVariadicOption = null;
        let activeGroup = null;
        let i = 0;
        while (i < args.length || activeGroup) {
          const arg = activeGroup ?? args[i++];
          activeGroup = null;
          if (arg === "--") {
            if (dest === unknown) dest.push(arg);
            dest.push(...args.slice(i));
            break;
          }
          if (activeVariadicOption && (!maybeOption(arg) || negativeNumberArg(arg))) {
            this.emit(`option:${activeVariadicOption.name()}`, arg);
            continue;
          }
          activeVariadicOption = null;
          if (maybeOption(arg)) {
            const option = this._findOption(arg);
            if (option) {
              if (option.required) {
                const value = args[i++];
                if (value === void 0) this.optionMissingArgument(option);
                this.emit(`option:${option.name()}`, value);
              } else if (option.optional) {
                let value = null;
                if (i < args.length && (!maybeOption(args[i]) || negativeNumberArg(args[i]))) {
                  value = args[i++];
                }
                this.emit(`option:${option.name()}`, value);
              } else {
                this.emit(`option:${option.name()}`);
              }
              activeVariadicOption = option.variadic ? option : null;
              continue;
            }
          }
          if (arg.length > 2 && arg[0] === "-" && arg[1] !== "-") {
            const option = this._findOption(`-${arg[1]}`);
            if (option) {
              if (option.required || option.optional && this._combineFlagAndOptionalValue) {
                this.emit(`option:${option.name()}`, arg.slice(2));
              } else {
                this.emit(`option:${option.name()}`);
                activeGroup = `-${arg.slice(2)}`;
              }
              continue;
            }
          }
          if (/^--[^=]+=/.test(arg)) {
            const index = arg.indexOf("=");
            const option = this._findOption(arg.slice(0, index));
            if (option && (option.required || option.optional)) {
              this.emit(`option:${option.name()}`, arg.slice(index + 1));
              continue;
            }
          }
          if (dest === operands && maybeOption(arg) && !(this.commands.length === 0 && negativeNumberArg(arg))) {
            dest = unknown;
          }
          if ((this._enablePositionalOptions || this._passThroughOptions) && operands.length === 0 && unknown.length === 0) {
            if (this._findCommand(arg)) {
              operands.push(arg);
              unknown.push(...args.slice(i));
              break;
            } else if (this._getHelpCommand() && arg === this._getHelpCommand().name()) {
              operands.push(arg, ...args.slice(i));
              break;
            } else if (this._defaultCommandName) {
              unknown.push(arg, ...args.slice(i));
              break;
            }
          }
          if (this._passThroughOptions) {
            dest.push(arg, ...args.slice(i));
            break;
          }
          dest.push(arg);
        }
        return { operands, unknown };
      }
      /**
       * Return an object containing local option values as key-value pairs.
       *
       * @return {object}
       */
      opts() {
        if (this._storeOptionsAsProperties) {
          const result = {};
          const len = this.options.length;
          for (let i = 0; i < len; i++) {
            const key = this.options[i].attributeName();
            result[key] = key === this._versionOptionName ? this._version : this[key];
          }
          return result;
        }
        return this._optionValues;
      }
      /**
       * Return an object containing merged local and global option values as key-value pairs.
       *
       * @return {object}
       */
      optsWithGlobals() {
        return this._getCommandAndAncestors().reduce(
          (combinedOptions, cmd) => Object.assign(combinedOptions, cmd.opts()),
          {}
        );
      }
      /**
       * Display error message and exit (or call exitOverride).
       *
       * @param {string} message
       * @param {object} [errorOptions]
       * @param {string} [errorOptions.code] - an id string representing the error
       * @param {number} [errorOptions.exitCode] - used with process.exit
       */
      error(message, errorOptions) {
        this._outputConfiguration.outputError(
          `${message}
`,
          this._outputConfiguration.writeErr
        );
        if (typeof this._showHelpAfterError === "string") {
          this._outputConfiguration.writeErr(`${this._showHelpAfterError}
`);
        } else if (this._showHelpAfterError) {
          this._outputConfiguration.writeErr("\n");
          this.outputHelp({ error: true });
        }
        const config = errorOptions || {};
        const exitCode = config.exitCode || 1;
        const code = config.code || "commander.error";
        this._exit(exitCode, code, message);
      }
      /**
       * Apply any option related environment variables, if option does
       * not have a value from cli or client code.
       *
       * @private
       */
      _parseOptionsEnv() {
        this.options.forEach((option) => {
          if (option.envVar && option.envVar in process2.env) {
            const optionKey = option.attributeName();
            if (this.getOptionValue(optionKey) === void 0 || ["default", "config", "env"].includes(
              this.getOptionValueSource(optionKey)
            )) {
              if (option.required || option.optional) {
                this.emit(`optionEnv:${option.name()}`, process2.env[option.envVar]);
              } else {
                this.emit(`optionEnv:${option.name()}`);
              }
            }
          }
        });
      }
      /**
       * Apply any implied option values, if option is undefined or default value.
       *
       * @private
       */
      _parseOptionsImplied() {
        const dualHelper = new DualOptions(this.options);
        const hasCustomOptionValue = (optionKey) => {
          return this.getOptionValue(optionKey) !== void 0 && !["default", "implied"].includes(this.getOptionValueSource(optionKey));
        };
        this.options.filter(
          (option) => option.implied !== void 0 && hasCustomOptionValue(option.attributeName()) && dualHelper.valueFromOption(
            this.getOptionValue(option.attributeName()),
            option
          )
        ).forEach((option) => {
          Object.keys(option.implied).filter((impliedKey) => !hasCustomOptionValue(impliedKey)).forEach((impliedKey) => {
            this.setOptionValueWithSource(
              impliedKey,
              option.implied[impliedKey],
              "implied"
            );
          });
        });
      }
      /**
       * Argument `name` is missing.
       *
       * @param {string} name
       * @private
       */
      missingArgument(name) {
        const message = `error: missing required argument '${name}'`;
        this.error(message, { code: "commander.missingArgument" });
      }
      /**
       * `Option` is missing an argument.
       *
       * @param {Option} option
       * @private
       */
      optionMissingArgument(option) {
        const message = `error: option '${option.flags}' argument missing`;
        this.error(message, { code: "commander.optionMissingArgument" });
      }
      /**
       * `Option` does not have a value, and is a mandatory option.
       *
       * @param {Option} option
       * @private
       */
      missingMandatoryOptionValue(option) {
        const message = `error: required option '${option.flags}' not specified`;
        this.error(message, { code: "commander.missingMandatoryOptionValue" });
      }
      /**
       * `Option` conflicts with another option.
       *
       * @param {Option} option
       * @param {Option} conflictingOption
       * @private
       */
      _conflictingOption(option, conflictingOption) {
        const findBestOptionFromValue = (option2) => {
          const optionKey = option2.attributeName();
          const optionValue = this.getOptionValue(optionKey);
          const negativeOption = this.options.find(
            (target) => target.negate && optionKey === target.attributeName()
          );
          const positiveOption = this.options.find(
            (target) => !target.negate && optionKey === target.attributeName()
          );
          if (negativeOption && (negativeOption.presetArg === void 0 && optionValue === false || negativeOption.presetArg !== void 0 && optionValue === negativeOption.presetArg)) {
            return negativeOption;
          }
          return positiveOption || option2;
        };
        const getErrorMessage = (option2) => {
          const bestOption = findBestOptionFromValue(option2);
          const optionKey = bestOption.attributeName();
          const source = this.getOptionValueSource(optionKey);
          if (source === "env") {
            return `environment variable '${bestOption.envVar}'`;
          }
          return `option '${bestOption.flags}'`;
        };
        const message = `error: ${getErrorMessage(option)} cannot be used with ${getErrorMessage(conflictingOption)}`;
        this.error(message, { code: "commander.conflictingOption" });
      }
      /**
       * Unknown option `flag`.
       *
       * @param {string} flag
       * @private
       */
      unknownOption(flag) {
        if (this._allowUnknownOption) return;
        let suggestion = "";
        if (flag.startsWith("--") && this._showSuggestionAfterError) {
          let candidateFlags = [];
          let command = this;
          do {
            const moreFlags = command.createHelp().visibleOptions(command).filter((option) => option.long).map((option) => option.long);
            candidateFlags = candidateFlags.concat(moreFlags);
            command = command.parent;
          } while (command && !command._enablePositionalOptions);
          suggestion = suggestSimilar(flag, candidateFlags);
        }
        const message = `error: unknown option '${flag}'${suggestion}`;
        this.error(message, { code: "commander.unknownOption" });
      }
      /**
       * Excess arguments, more than expected.
       *
       * @param {string[]} receivedArgs
       * @private
       */
      _excessArguments(receivedArgs) {
        if (this._allowExcessArguments) return;
        const expected = this.registeredArguments.length;
        const s = expected === 1 ? "" : "s";
        const forSubcommand = this.parent ? ` for '${this.name()}'` : "";
        const message = `error: too many arguments${forSubcommand}. Expected ${expected} argument${s} but got ${receivedArgs.length}.`;
        this.error(message, { code: "commander.excessArguments" });
      }
      /**
       * Unknown command.
       *
       * @private
       */
      unknownCommand() {
        const unknownName = this.args[0];
        let suggestion = "";
        if (this._showSuggestionAfterError) {
          const candidateNames = [];
          this.createHelp().visibleCommands(this).forEach((command) => {
            candidateNames.push(command.name());
            if (command.alias()) candidateNames.push(command.alias());
          });
          suggestion = suggestSimilar(unknownName, candidateNames);
        }
        const message = `error: unknown command '${unknownName}'${suggestion}`;
        this.error(message, { code: "commander.unknownCommand" });
      }
      /**
       * Get or set the program version.
       *
       * This method auto-registers the "-V, --version" option which will print the version number.
       *
       * You can optionally supply the flags and description to override the defaults.
       *
       * @param {string} [str]
       * @param {string} [flags]
       * @param {string} [description]
       * @return {(this | string | undefined)} `this` command for chaining, or version string if no arguments
       */
      version(str, flags, description) {
        if (str === void 0) return this._version;
        this._version = str;
        flags = flags || "-V, --version";
        description = description || "output the version number";
        const versionOption = this.createOption(flags, description);
        this._versionOptionName = versionOption.attributeName();
        this._registerOption(versionOption);
        this.on("option:" + versionOption.name(), () => {
          this._outputConfiguration.writeOut(`${str}
`);
          this._exit(0, "commander.version", str);
        });
        return this;
      }
      /**
       * Set the description.
       *
       * @param {string} [str]
       * @param {object} [argsDescription]
       * @return {(string|Command)}
       */
      description(str, argsDescription) {
        if (str === void 0 && argsDescription === void 0)
          return this._description;
        this._description = str;
        if (argsDescription) {
          this._argsDescription = argsDescription;
        }
        return this;
      }
      /**
       * Set the summary. Used when listed as subcommand of parent.
       *
       * @param {string} [str]
       * @return {(string|Command)}
       */
      summary(str) {
        if (str === void 0) return this._summary;
        this._summary = str;
        return this;
      }
      /**
       * Set an alias for the command.
       *
       * You may call more than once to add multiple aliases. Only the first alias is shown in the auto-generated help.
       *
       * @param {string} [alias]
       * @return {(string|Command)}
       */
      alias(alias) {
        if (alias === void 0) return this._aliases[0];
        let command = this;
        if (this.commands.length !== 0 && this.commands[this.commands.length - 1]._executableHandler) {
          command = this.commands[this.commands.length - 1];
        }
        if (alias === command._name)
          throw new Error("Command alias can't be the same as its name");
        const matchingCommand = this.parent?._findCommand(alias);
        if (matchingCommand) {
          const existingCmd = [matchingCommand.name()].concat(matchingCommand.aliases()).join("|");
          throw new Error(
            `cannot add alias '${alias}' to command '${this.name()}' as already have command '${existingCmd}'`
          );
        }
        command._aliases.push(alias);
        return this;
      }
      /**
       * Set aliases for the command.
       *
       * Only the first alias is shown in the auto-generated help.
       *
       * @param {string[]} [aliases]
       * @return {(string[]|Command)}
       */
      aliases(aliases) {
        if (aliases === void 0) return this._aliases;
        aliases.forEach((alias) => this.alias(alias));
        return this;
      }
      /**
       * Set / get the command usage `str`.
       *
       * @param {string} [str]
       * @return {(string|Command)}
       */
      usage(str) {
        if (str === void 0) {
          if (this._usage) return this._usage;
          const args = this.registeredArguments.map((arg) => {
            return humanReadableArgName(arg);
          });
          return [].concat(
            this.options.length || this._helpOption !== null ? "[options]" : [],
            this.commands.length ? "[command]" : [],
            this.registeredArguments.length ? args : []
          ).join(" ");
        }
        this._usage = str;
        return this;
      }
      /**
       * Get or set the name of the command.
       *
       * @param {string} [str]
       * @return {(string|Command)}
       */
      name(str) {
        if (str === void 0) return this._name;
        this._name = str;
        return this;
      }
      /**
       * Set/get the help group heading for this subcommand in parent command's help.
       *
       * @param {string} [heading]
       * @return {Command | string}
       */
      helpGroup(heading) {
        if (heading === void 0) return this._helpGroupHeading ?? "";
        this._helpGroupHeading = heading;
        return this;
      }
      /**
       * Set/get the default help group heading for subcommands added to this command.
       * (This does not override a group set directly on the subcommand using .helpGroup().)
       *
       * @example
       * program.commandsGroup('Development Commands:);
       * program.command('watch')...
       * program.command('lint')...
       * ...
       *
       * @param {string} [heading]
       * @returns {Command | string}
       */
      commandsGroup(heading) {
        if (heading === void 0) return this._defaultCommandGroup ?? "";
        this._defaultCommandGroup = heading;
        return this;
      }
      /**
       * Set/get the default help group heading for options added to this command.
       * (This does not override a group set directly on the option using .helpGroup().)
       *
       * @example
       * program
       *   .optionsGroup('Development Options:')
       *   .option('-d, --debug', 'output extra debugging')
       *   .option('-p, --profile', 'output profiling information')
       *
       * @param {string} [heading]
       * @returns {Command | string}
       */
      optionsGroup(heading) {
        if (heading === void 0) return this._defaultOptionGroup ?? "";
        this._defaultOptionGroup = heading;
        return this;
      }
      /**
       * @param {Option} option
       * @private
       */
      _initOptionGroup(option) {
        if (this._defaultOptionGroup && !option.helpGroupHeading)
          option.helpGroup(this._defaultOptionGroup);
      }
      /**
       * @param {Command} cmd
       * @private
       */
      _initCommandGroup(cmd) {
        if (this._defaultCommandGroup && !cmd.helpGroup())
          cmd.helpGroup(this._defaultCommandGroup);
      }
      /**
       * Set the name of the command from script filename, such as process.argv[1],
       * or require.main.filename, or __filename.
       *
       * (Used internally and public although not documented in README.)
       *
       * @example
       * program.nameFromFilename(require.main.filename);
       *
       * @param {string} filename
       * @return {Command}
       */
      nameFromFilename(filename) {
        this._name = path.basename(filename, path.extname(filename));
        return this;
      }
      /**
       * Get or set the directory for searching for executable subcommands of this command.
       *
       * @example
       * program.executableDir(__dirname);
       * // or
       * program.executableDir('subcommands');
       *
       * @param {string} [path]
       * @return {(string|null|Command)}
       */
      executableDir(path2) {
        if (path2 === void 0) return this._executableDir;
        this._executableDir = path2;
        return this;
      }
      /**
       * Return program help documentation.
       *
       * @param {{ error: boolean }} [contextOptions] - pass {error:true} to wrap for stderr instead of stdout
       * @return {string}
       */
      helpInformation(contextOptions) {
        const helper = this.createHelp();
        const context = this._getOutputContext(contextOptions);
        helper.prepareContext({
          error: context.error,
          helpWidth: context.helpWidth,
          outputHasColors: context.hasColors
        });
        const text = helper.formatHelp(this, helper);
        if (context.hasColors) return text;
        return this._outputConfiguration.stripColor(text);
      }
      /**
       * @typedef HelpContext
       * @type {object}
       * @property {boolean} error
       * @property {number} helpWidth
       * @property {boolean} hasColors
       * @property {function} write - includes stripColor if needed
       *
       * @returns {HelpContext}
       * @private
       */
      _getOutputContext(contextOptions) {
        contextOptions = contextOptions || {};
        const error2 = !!contextOptions.error;
        let baseWrite;
        let hasColors;
        let helpWidth;
        if (error2) {
          baseWrite = (str) => this._outputConfiguration.writeErr(str);
          hasColors = this._outputConfiguration.getErrHasColors();
          helpWidth = this._outputConfiguration.getErrHelpWidth();
        } else {
          baseWrite = (str) => this._outputConfiguration.writeOut(str);
          hasColors = this._outputConfiguration.getOutHasColors();
          helpWidth = this._outputConfiguration.getOutHelpWidth();
        }
        const write3 = (str) => {
          if (!hasColors) str = this._outputConfiguration.stripColor(str);
          return baseWrite(str);
        };
        return { error: error2, write: write3, hasColors, helpWidth };
      }
      /**
       * Output help information for this command.
       *
       * Outputs built-in help, and custom text added using `.addHelpText()`.
       *
       * @param {{ error: boolean } | Function} [contextOptions] - pass {error:true} to write to stderr instead of stdout
       */
      outputHelp(contextOptions) {
        let deprecatedCallback;
        if (typeof contextOptions === "function") {
          deprecatedCallback = contextOptions;
          contextOptions = void 0;
        }
        const outputContext = this._getOutputContext(contextOptions);
        const eventContext = {
          error: outputContext.error,
          write: outputContext.write,
          command: this
        };
        this._getCommandAndAncestors().reverse().forEach((command) => command.emit("beforeAllHelp", eventContext));
        this.emit("beforeHelp", eventContext);
        let helpInformation = this.helpInformation({ error: outputContext.error });
        if (deprecatedCallback) {
          helpInformation = deprecatedCallback(helpInformation);
          if (typeof helpInformation !== "string" && !Buffer.isBuffer(helpInformation)) {
            throw new Error("outputHelp callback must return a string or a Buffer");
          }
        }
        outputContext.write(helpInformation);
        if (this._getHelpOption()?.long) {
          this.emit(this._getHelpOption().long);
        }
        this.emit("afterHelp", eventContext);
        this._getCommandAndAncestors().forEach(
          (command) => command.emit("afterAllHelp", eventContext)
        );
      }
      /**
       * You can pass in flags and a description to customise the built-in help option.
       * Pass in false to disable the built-in help option.
       *
       * @example
       * program.helpOption('-?, --help' 'show help'); // customise
       * program.helpOption(false); // disable
       *
       * @param {(string | boolean)} flags
       * @param {string} [description]
       * @return {Command} `this` command for chaining
       */
      helpOption(flags, description) {
        if (typeof flags === "boolean") {
          if (flags) {
            if (this._helpOption === null) this._helpOption = void 0;
            if (this._defaultOptionGroup) {
              this._initOptionGroup(this._getHelpOption());
            }
          } else {
            this._helpOption = null;
          }
          return this;
        }
        this._helpOption = this.createOption(
          flags ?? "-h, --help",
          description ?? "display help for command"
        );
        if (flags || description) this._initOptionGroup(this._helpOption);
        return this;
      }
      /**
       * Lazy create help option.
       * Returns null if has been disabled with .helpOption(false).
       *
       * @returns {(Option | null)} the help option
       * @package
       */
      _getHelpOption() {
        if (this._helpOption === void 0) {
          this.helpOption(void 0, void 0);
        }
        return this._helpOption;
      }
      /**
       * Supply your own option to use for the built-in help option.
       * This is an alternative to using helpOption() to customise the flags and description etc.
       *
       * @param {Option} option
       * @return {Command} `this` command for chaining
       */
      addHelpOption(option) {
        this._helpOption = option;
        this._initOptionGroup(option);
        return this;
      }
      /**
       * Output help information and exit.
       *
       * Outputs built-in help, and custom text added using `.addHelpText()`.
       *
       * @param {{ error: boolean }} [contextOptions] - pass {error:true} to write to stderr instead of stdout
       */
      help(contextOptions) {
        this.outputHelp(contextOptions);
        let exitCode = Number(process2.exitCode ?? 0);
        if (exitCode === 0 && contextOptions && typeof contextOptions !== "function" && contextOptions.error) {
          exitCode = 1;
        }
        this._exit(exitCode, "commander.help", "(outputHelp)");
      }
      /**
       * // Do a little typing to coordinate emit and listener for the help text events.
       * @typedef HelpTextEventContext
       * @type {object}
       * @property {boolean} error
       * @property {Command} command
       * @property {function} write
       */
      /**
       * Add additional text to be displayed with the built-in help.
       *
       * Position is 'before' or 'after' to affect just this command,
       * and 'beforeAll' or 'afterAll' to affect this command and all its subcommands.
       *
       * @param {string} position - before or after built-in help
       * @param {(string | Function)} text - string to add, or a function returning a string
       * @return {Command} `this` command for chaining
       */
      addHelpText(position, text) {
        const allowedValues = ["beforeAll", "before", "after", "afterAll"];
        if (!allowedValues.includes(position)) {
          throw new Error(`Unexpected value for position to addHelpText.
Expecting one of '${allowedValues.join("', '")}'`);
        }
        const helpEvent = `${position}Help`;
        this.on(helpEvent, (context) => {
          let helpStr;
          if (typeof text === "function") {
            helpStr = text({ error: context.error, command: context.command });
          } else {
            helpStr = text;
          }
          if (helpStr) {
            context.write(`${helpStr}
`);
          }
        });
        return this;
      }
      /**
       * Output help information if help flags specified
       *
       * @param {Array} args - array of options to search for help flags
       * @private
       */
      _outputHelpIfRequested(args) {
        const helpOption = this._getHelpOption();
        const helpRequested = helpOption && args.find((arg) => helpOption.is(arg));
        if (helpRequested) {
          this.outputHelp();
          this._exit(0, "commander.helpDisplayed", "(outputHelp)");
        }
      }
    };
    function incrementNodeInspectorPort(args) {
      return args.map((arg) => {
        if (!arg.startsWith("--inspect")) {
          return arg;
        }
        let debugOption;
        let debugHost = "127.0.0.1";
        let debugPort = "9229";
        let match;
        if ((match = arg.match(/^(--inspect(-brk)?)$/)) !== null) {
          debugOption = match[1];
        } else if ((match = arg.match(/^(--inspect(-brk|-port)?)=([^:]+)$/)) !== null) {
          debugOption = match[1];
          if (/^\d+$/.test(match[3])) {
            debugPort = match[3];
          } else {
            debugHost = match[3];
          }
        } else if ((match = arg.match(/^(--inspect(-brk|-port)?)=([^:]+):(\d+)$/)) !== null) {
          debugOption = match[1];
          debugHost = match[3];
          debugPort = match[4];
        }
        if (debugOption && debugPort !== "0") {
          return `${debugOption}=${debugHost}:${parseInt(debugPort) + 1}`;
        }
        return arg;
      });
    }
    function useColor() {
      if (process2.env.NO_COLOR || process2.env.FORCE_COLOR === "0" || process2.env.FORCE_COLOR === "false")
        return false;
      if (process2.env.FORCE_COLOR || process2.env.CLICOLOR_FORCE !== void 0)
        return true;
      return void 0;
    }
    exports.Command = Command2;
    exports.useColor = useColor;
  }
});

// node_modules/commander/index.js
var require_commander = __commonJS({
  "node_modules/commander/index.js"(exports) {
    var { Argument: Argument2 } = require_argument();
    var { Command: Command2 } = require_command();
    var { CommanderError: CommanderError2, InvalidArgumentError: InvalidArgumentError2 } = require_error();
    var { Help: Help2 } = require_help();
    var { Option: Option2 } = require_option();
    exports.program = new Command2();
    exports.createCommand = (name) => new Command2(name);
    exports.createOption = (flags, description) => new Option2(flags, description);
    exports.createArgument = (name, description) => new Argument2(name, description);
    exports.Command = Command2;
    exports.Option = Option2;
    exports.Argument = Argument2;
    exports.Help = Help2;
    exports.CommanderError = CommanderError2;
    exports.InvalidArgumentError = InvalidArgumentError2;
    exports.InvalidOptionArgumentError = InvalidArgumentError2;
  }
});

// node_modules/picocolors/picocolors.js
var require_picocolors = __commonJS({
  "node_modules/picocolors/picocolors.js"(exports, module) {
    var p = process || {};
    var argv = p.argv || [];
    var env = p.env || {};
    var isColorSupported = !(!!env.NO_COLOR || argv.includes("--no-color")) && (!!env.FORCE_COLOR || argv.includes("--color") || p.platform === "win32" || (p.stdout || {}).isTTY && env.TERM !== "dumb" || !!env.CI);
    var formatter = (open2, close, replace = open2) => (input) => {
      let string = "" + input, index = string.indexOf(close, open2.length);
      return ~index ? open2 + replaceClose(string, close, replace, index) + close : open2 + string + close;
    };
    var replaceClose = (string, close, replace, index) => {
      let result = "", cursor = 0;
      do {
        result += string.substring(cursor, index) + replace;
        cursor = index + close.length;
        index = string.indexOf(close, cursor);
      } while (~index);
      return result + string.substring(cursor);
    };
    var createColors = (enabled = isColorSupported) => {
      let f = enabled ? formatter : () => String;
      return {
        isColorSupported: enabled,
        reset: f("\x1B[0m", "\x1B[0m"),
        bold: f("\x1B[1m", "\x1B[22m", "\x1B[22m\x1B[1m"),
        dim: f("\x1B[2m", "\x1B[22m", "\x1B[22m\x1B[2m"),
        italic: f("\x1B[3m", "\x1B[23m"),
        underline: f("\x1B[4m", "\x1B[24m"),
        inverse: f("\x1B[7m", "\x1B[27m"),
        hidden: f("\x1B[8m", "\x1B[28m"),
        strikethrough: f("\x1B[9m", "\x1B[29m"),
        black: f("\x1B[30m", "\x1B[39m"),
        red: f("\x1B[31m", "\x1B[39m"),
        green: f("\x1B[32m", "\x1B[39m"),
        yellow: f("\x1B[33m", "\x1B[39m"),
        blue: f("\x1B[34m", "\x1B[39m"),
        magenta: f("\x1B[35m", "\x1B[39m"),
        cyan: f("\x1B[36m", "\x1B[39m"),
        white: f("\x1B[37m", "\x1B[39m"),
        gray: f("\x1B[90m", "\x1B[39m"),
        bgBlack: f("\x1B[40m", "\x1B[49m"),
        bgRed: f("\x1B[41m", "\x1B[49m"),
        bgGreen: f("\x1B[42m", "\x1B[49m"),
        bgYellow: f("\x1B[43m", "\x1B[49m"),
        bgBlue: f("\x1B[44m", "\x1B[49m"),
        bgMagenta: f("\x1B[45m", "\x1B[49m"),
        bgCyan: f("\x1B[46m", "\x1B[49m"),
        bgWhite: f("\x1B[47m", "\x1B[49m"),
        blackBright: f("\x1B[90m", "\x1B[39m"),
        redBright: f("\x1B[91m", "\x1B[39m"),
        greenBright: f("\x1B[92m", "\x1B[39m"),
        yellowBright: f("\x1B[93m", "\x1B[39m"),
        blueBright: f("\x1B[94m", "\x1B[39m"),
        magentaBright: f("\x1B[95m", "\x1B[39m"),
        cyanBright: f("\x1B[96m", "\x1B[39m"),
        whiteBright: f("\x1B[97m", "\x1B[39m"),
        bgBlackBright: f("\x1B[100m", "\x1B[49m"),
        bgRedBright: f("\x1B[101m", "\x1B[49m"),
        bgGreenBright: f("\x1B[102m", "\x1B[49m"),
        bgYellowBright: f("\x1B[103m", "\x1B[49m"),
        bgBlueBright: f("\x1B[104m", "\x1B[49m"),
        bgMagentaBright: f("\x1B[105m", "\x1B[49m"),
        bgCyanBright: f("\x1B[106m", "\x1B[49m"),
        bgWhiteBright: f("\x1B[107m", "\x1B[49m")
      };
    };
    module.exports = createColors();
    module.exports.createColors = createColors;
  }
});

// node_modules/commander/esm.mjs
var import_index = __toESM(require_commander(), 1);
var {
  program,
  createCommand,
  createArgument,
  createOption,
  CommanderError,
  InvalidArgumentError,
  InvalidOptionArgumentError,
  // deprecated old name
  Command,
  Argument,
  Option,
  Help
} = import_index.default;

// src/cli/check.ts
import { relative } from "node:path";

// src/authoring/findings.ts
var LONGEST_PROMPT = 10 * 1024;
function withoutRepeats(findings) {
  const said = /* @__PURE__ */ new Set();
  return findings.filter(({ code, place, message }) => {
    const key = `${code} ${place ?? ""} ${message.replace(/[\d.]+/g, "")}`;
    return !said.has(key) && said.add(key);
  });
}

// src/authoring/run-probe.ts
import { fork } from "node:child_process";
async function runProbe(job, { entry, execArgv = [] }, conditions = {}) {
  const child = fork(entry, {
    execArgv: [...process.execArgv, ...execArgv, ...shiftingClock(conditions.clockShiftMs)],
    env: environment(conditions),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    serialization: "advanced"
  });
  let errors = "";
  child.stderr.on("data", (bytes) => {
    if (errors.length < 1e4) errors += bytes.toString("utf8");
  });
  const answer = await new Promise((resolve2, reject) => {
    child.once("message", (message) => resolve2(message));
    child.once("error", reject);
    child.once(
      "close",
      (code) => reject(new Error(`the process that runs the program ended (${code}): ${errors}`))
    );
    child.send(job);
  }).finally(() => child.kill("SIGKILL"));
  if ("stalled" in answer) throw stalled();
  if ("failure" in answer) {
    const { error: error2, message, fix } = answer.failure;
    throw new SequencerError(error2, message, fix);
  }
  return answer.result;
}
function stalled() {
  return new SequencerError(
    "ProgramStalled",
    "A turn of the program does not end: an endless loop, or a chain of promises that never ends.",
    "Look for the loop; give it a bound."
  );
}
function shiftingClock(milliseconds = 0) {
  if (milliseconds === 0) return [];
  const code = `const Real = Date;
const now = () => Real.now() + ${milliseconds};
globalThis.Date = new Proxy(Real, {
  apply: () => new Real(now()).toString(),
  construct: (target, given, wanted) =>
    Reflect.construct(target, given.length === 0 ? [now()] : given, wanted === globalThis.Date ? target : wanted),
  get: (target, key) => (key === "now" ? now : Reflect.get(target, key)),
});
Real.prototype.constructor = globalThis.Date;`;
  return ["--import", `data:text/javascript,${encodeURIComponent(code)}`];
}
function environment({ timeZone, locale }) {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return {
    ...env,
    ...timeZone !== void 0 && { TZ: timeZone },
    ...locale !== void 0 && { LC_ALL: `${locale.replaceAll("-", "_")}.UTF-8` }
  };
}

// src/authoring/check.ts
var MAX_STEPS = 200;
var CLOCK_SHIFT_MS = (400 * 24 + 7) * 36e5 + 1234567;
async function checkVersion(linked, { params, projectDir, probe }) {
  const version = inPlace(linked);
  const options = { projectDir, maxSteps: MAX_STEPS, ...params !== void 0 && { params } };
  const first = await runProbe({ kind: "dry-run", version, options }, probe);
  const rerun = (reverseKeys, conditions) => {
    const runs = first.runs.map(({ events }) => events);
    const job = { kind: "rerun", version, runs, reverseKeys };
    return runProbe(job, probe, conditions);
  };
  const elsewhere = { clockShiftMs: CLOCK_SHIFT_MS, timeZone: anotherTimeZone() };
  const { deviation } = await rerun(true, elsewhere);
  const causes = [];
  if (deviation !== void 0) {
    const trials = [
      ["the process, or chance", false, {}],
      ["the real clock", false, { clockShiftMs: CLOCK_SHIFT_MS }],
      ["the time zone", false, { timeZone: elsewhere.timeZone }],
      ["the order of the keys in replies", true, {}]
    ];
    for (const [cause, reverseKeys, conditions] of trials) {
      if ((await rerun(reverseKeys, conditions)).deviation === void 0) continue;
      causes.push(cause);
      if (causes.length === 1 && cause.startsWith("the process")) break;
    }
  }
  return reportOf(version, first, deviation, causes);
}
function reportOf({ version }, { name, description, paramsSchema, findings, runs }, deviation, causes) {
  const events = runs.flatMap((run2) => run2.events);
  const ends = {};
  for (const run2 of runs) {
    const last = run2.events.at(-1);
    const end = last.type === "ended" ? last.state : run2.stopped;
    ends[end] = (ends[end] ?? 0) + 1;
  }
  return {
    name,
    description,
    params_schema: paramsSchema,
    version,
    findings: withoutRepeats(findings),
    dry_runs: {
      runs: runs.length,
      steps: events.filter(({ type }) => type === "step_issued").length,
      ends,
      made_up_effects: events.filter(({ type }) => type === "effect_finished").length
    },
    ...deviation && { nondeterminism: nondeterminismOf(deviation, runs[deviation.run], causes) }
  };
}
function nondeterminismOf({ before, now, place }, { places }, causes) {
  const isSameSort = before !== void 0 && now !== void 0 && before.type === now.type;
  const placeBefore = before !== void 0 && "step_no" in before ? places[before.step_no] : void 0;
  return {
    what: nameOf(before ?? now),
    field: isSameSort ? differingField(before, now) : "type",
    first: { place: placeBefore ?? null, event: before ?? null },
    second: { place: place ?? null, event: now ?? null },
    causes
  };
}
function anotherTimeZone() {
  const eastOfUtc = -(/* @__PURE__ */ new Date()).getTimezoneOffset() / 60;
  return eastOfUtc === 14 ? "Pacific/Pago_Pago" : "Pacific/Kiritimati";
}
function isFlawed({ findings, nondeterminism }) {
  return nondeterminism !== void 0 || findings.some(({ severity }) => severity === "problem");
}

// src/cli/schema-text.ts
var MAX_DEPTH = 4;
function schemaText(schema, depth = 0) {
  if (typeof schema !== "object" || schema === null || depth > MAX_DEPTH) return "any";
  const { type, enum: choices, const: only, anyOf, oneOf, properties, items } = schema;
  if (only !== void 0) return JSON.stringify(only);
  if (Array.isArray(choices)) return choices.map((choice) => JSON.stringify(choice)).join(" | ");
  const forms = anyOf ?? oneOf;
  if (Array.isArray(forms)) return forms.map((form) => schemaText(form, depth + 1)).join(" | ");
  if (Array.isArray(type)) return type.join(" | ");
  if (type === "array") return arrayText(schemaText(items, depth + 1));
  if (typeof properties === "object" && properties !== null) return objectText(schema, depth);
  return typeof type === "string" ? type : "any";
}
function arrayText(item) {
  return /[ |]/.test(item) && !item.startsWith("{") ? `(${item})[]` : `${item}[]`;
}
function objectText({ properties, required }, depth) {
  const needed = Array.isArray(required) ? required : [];
  const members = Object.entries(properties).map(
    ([name, member]) => `${name}${needed.includes(name) ? "" : "?"}: ${schemaText(member, depth + 1)}`
  );
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

// src/cli/terminal.ts
var import_picocolors = __toESM(require_picocolors(), 1);
function colorsFor(stream, { env }) {
  return import_picocolors.default.createColors(stream.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb");
}
var COLOUR_OR_OBEYED = new RegExp(String.raw`(\u001b\[(?:1|2|22|3[1-6]|39)m)|${OBEYED}`, "g");
function print(stream, ...lines) {
  stream.write(`${lines.join("\n").replace(COLOUR_OR_OBEYED, "$1")}
`);
}
function widthOf(stream) {
  return stream.isTTY === true ? stream.columns ?? 80 : 200;
}
function hang(text, indent) {
  return printable(text).replaceAll("\n", `
${indent}`);
}

// src/cli/usage-error.ts
var UsageError = class extends Error {
  name = "UsageError";
};

// src/cli/check.ts
async function check(programOrFile, { params, json: json2 = false }, terminal, rooms) {
  if (params !== void 0) requireJson(params);
  const workshop = await rooms.openWorkshop();
  const { output } = terminal;
  try {
    const found = await workshop.find(programOrFile);
    const { projectDir, probe } = workshop;
    const given = params === void 0 ? {} : { params };
    const report = await checkVersion(found.version, { projectDir, probe, ...given });
    if (json2) {
      const { file, source } = found.file;
      print(output, jsonText({ ok: !isFlawed(report), file, source, ...report }, 2));
    } else {
      print(output, ...textOf(found, report, colorsFor(output, terminal), widthOf(output)));
    }
    return isFlawed(report) ? 1 : 0;
  } catch (error2) {
    if (!json2 || !(error2 instanceof SequencerError)) throw error2;
    print(output, jsonText(toErrorAnswer(error2), 2));
    return 1;
  }
}
function textOf(found, report, colors, width) {
  return [...head(found, report, colors, width), "", ...body(report, colors), "", verdict(report, colors)];
}
function requireJson(params) {
  try {
    JSON.parse(params);
  } catch (error2) {
    throw new UsageError(`--params is not JSON: ${error2.message}`);
  }
}
function head({ file }, report, { bold, dim }, width) {
  const { name, description, version, params_schema } = report;
  const params = params_schema === null ? "none" : oneLine(schemaText(params_schema), width - 11);
  return [
    `${bold(printable(name))}  ${oneLine(description, width)}`,
    dim(`  params   ${params}`),
    dim(`  version  ${version}`),
    dim(`  from     ${printable(placeFromHere(file.file))} (${file.source})`)
  ];
}
function body(report, colors) {
  const { dry_runs, findings, nondeterminism } = report;
  const lines = [ranText(report)];
  if (dry_runs.made_up_effects > 0) {
    const effects = count(dry_runs.made_up_effects, "side effect or command", "side effects and commands");
    lines.push(`  Not run: ${effects}. What they give was made up, too.`);
  }
  for (const finding of findings) lines.push(...findingText(finding, colors));
  if (nondeterminism === void 0) return lines;
  const { what, field, first, second, causes } = nondeterminism;
  const because = causes.length === 0 ? "several of these together" : causes.join("; ");
  return [
    ...lines,
    `${colors.red("problem")}  not deterministic: ${printable(what)} is another in the second run`,
    `  first run   ${sideText(first, field)}`,
    `  second run  ${sideText(second, field)}`,
    `  depends on  ${because}`
  ];
}
function ranText({ dry_runs: { runs, steps, ends } }) {
  const told = Object.entries(ends).map(([state, times]) => `${END_WORDS[state] ?? state} ${times}`);
  const ways = `${count(steps, "step", "steps")} in ${count(runs, "run", "runs")} over made-up replies`;
  return `Checked ${ways}, each done twice (${told.join(", ")}).`;
}
var END_WORDS = { limit: "would go on", waiting: "would wait" };
function findingText({ severity, place, message }, { red, yellow, dim }) {
  const paint = { problem: red, warning: yellow, info: dim }[severity];
  const where = place === void 0 ? "" : `${printable(placeFromHere(place))}  `;
  return [`${paint(severity)}  ${where}${hang(message, "  ")}`];
}
function sideText({ place, event }, field) {
  if (event === null) return "nothing";
  const where = place === null ? "" : `${placeFromHere(place)}  `;
  const value = field === "type" ? nameOfEvent(event) : event[field];
  return `${where}${oneLine(JSON.stringify(value) ?? "nothing", 300)}`;
}
function nameOfEvent(event) {
  if (event.type === "ended") return `end (${event.state})`;
  return event.type === "step_issued" ? event.text ?? event.label ?? event.kind : event.type;
}
function verdict(report, { green, red }) {
  const { findings, nondeterminism } = report;
  const of = (severity) => findings.filter((finding) => finding.severity === severity).length;
  const problems = of("problem") + (nondeterminism === void 0 ? 0 : 1);
  const warnings = of("warning");
  const told = [
    ...problems > 0 ? [red(count(problems, "problem", "problems"))] : [green("ok")],
    ...warnings > 0 ? [count(warnings, "warning", "warnings")] : []
  ];
  return told.join(", ");
}
function count(amount, one, many) {
  return `${amount} ${amount === 1 ? one : many}`;
}
function placeFromHere(place) {
  const near = relative(process.cwd(), place);
  return place.startsWith("/") && near.length < place.length ? near : place;
}

// src/cli/doctor.ts
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as join2 } from "node:path";
import { fileURLToPath } from "node:url";

// src/cli/doctor/finding.ts
var ok = (about, fact) => ({ about, status: "ok", fact });
var warning = (about, fact, fix) => ({
  about,
  status: "warning",
  fact,
  fix
});
var error = (about, fact, fix) => ({
  about,
  status: "error",
  fact,
  fix
});

// src/cli/doctor/installation.ts
import { existsSync } from "node:fs";
var FILES = ["cli.js", "host.js", "guard.js", "transform.js", "hook.cjs", "hook-verdicts.cjs"];
function examineNode(version = process.versions.node) {
  if (!isNodeTooOld(version)) return ok("node", `Node ${version}`);
  return error(
    "node",
    `Node ${version} is too old; at least ${OLDEST_NODE.join(".")} is needed`,
    "Install a newer Node, and make sure that the client finds it first on its PATH."
  );
}
function examineInstallation(dist) {
  const missing = FILES.filter((file) => !existsSync(new URL(file, dist)));
  if (missing.length === 0) return ok("installation", `all of dist/ is there (${dist.pathname})`);
  return error(
    "installation",
    `dist/ lacks ${missing.join(", ")} (${dist.pathname})`,
    "Install agent-sequencer again; in a clone of its repository: npm run build."
  );
}

// src/cli/doctor/leases.ts
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
var LEASE = /^[0-9A-Z]{26}$/;
var FIX = "Nothing to do: the next server that meets one takes over its effects. sequencer_current asks it to.";
async function examineLeases(stateDir, now) {
  const folder = join(stateDir, "owners");
  const names = (await readdir(folder).catch(() => [])).filter((name) => LEASE.test(name));
  const stalled2 = [];
  for (const name of names) {
    const verdict2 = await isStalled(join(folder, name), now).catch(() => void 0);
    if (verdict2) stalled2.push(name);
  }
  if (stalled2.length === 0) return names.length === 0 ? [] : [ok("leases", `${names.length} held`)];
  const which = stalled2.length === 1 ? "1 lease belongs" : `${stalled2.length} leases belong`;
  return [warning("leases", `${which} to a process that is gone or stuck: ${stalled2.join(", ")}`, FIX)];
}
async function isStalled(path, now) {
  const [text, { mtimeMs }] = await Promise.all([readFile(path, "utf8"), stat(path)]);
  const running = await isRunning(JSON.parse(text)).catch(() => void 0);
  return running === void 0 ? now - mtimeMs > STALE_MS : !running;
}

// src/cli/doctor/runs.ts
var DAY_MS = 864e5;
var OLD_DAYS = 30;
async function examineRuns(stateDir, now) {
  const store = createLogStore({ stateDir, ...KNOWN_FORMAT });
  const findings = [];
  const unfinished = [];
  const logs = store.list();
  for (const { instanceId } of logs) {
    try {
      const log = store.open(instanceId);
      const state = await foldLog(log).finally(() => log.close());
      if (state.storageFailed !== void 0) findings.push(fenced(instanceId, state.storageFailed));
      if (state.ended !== void 0) continue;
      const { program: program2, state: name, last_yield } = describeInstance(instanceId, state);
      unfinished.push({
        instance_id: instanceId,
        program: program2,
        state: name,
        closed: state.closed,
        project_dir: state.started.project_dir,
        updated_at: state.lastAt,
        days: Math.max(0, Math.floor((now - Date.parse(state.lastAt)) / DAY_MS)),
        waiting_for: waitedFor(last_yield)
      });
    } catch (thrown) {
      const { code, message, fix } = thrown;
      if (code === "UnknownInstance") continue;
      findings.push(error("runs", message, fix ?? "Look at the file; nothing was changed in it."));
    }
  }
  const old = unfinished.filter(({ days }) => days >= OLD_DAYS);
  if (old.length > 0) findings.push(forgotten(old.length));
  const open2 = unfinished.filter(({ closed }) => !closed).length;
  const counted = `${logs.length} kept, ${open2} unfinished, ${unfinished.length - open2} put away unfinished`;
  return { findings: [ok("runs", counted), ...findings], unfinished };
}
function fenced(instanceId, reason) {
  return error(
    "runs",
    `the disk failed under run ${instanceId}: ${reason}`,
    "Fork it, once the disk is well."
  );
}
function forgotten(count2) {
  const runs = count2 === 1 ? "1 unfinished run has" : `${count2} unfinished runs have`;
  const fix = "Go on with them, or close them: nothing removes an unfinished run by itself.";
  return warning("runs", `${runs} not moved for ${OLD_DAYS} days`, fix);
}
function waitedFor(last) {
  switch (last.kind) {
    case "instruction":
      return [{ step_no: last.step_no, kind: "reply", what: last.text, until: last.timeout_at }];
    case "parallel":
      return last.instructions.flatMap(waitedFor);
    case "waiting":
      return last.waiting_for.map(({ step_no, kind, what, until }) => ({ step_no, kind, what, until }));
    default:
      return [];
  }
}

// src/cli/doctor/state-folder.ts
import { accessSync, constants, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
var ABOUT = "state folder";
var LEAST_FREE_BYTES = 1e8;
var NETWORK = {
  26985: "NFS",
  20859: "SMB",
  4283649346: "CIFS",
  4266872130: "SMB2",
  16914839: "9P",
  1702057286: "FUSE",
  1397113167: "AFS",
  12805120: "Ceph",
  198183888: "Lustre",
  1196443219: "GPFS",
  2020557398: "VirtualBox shared folder"
};
function examineStateFolder(stateDir) {
  const facts = statOrError(stateDir);
  if (facts instanceof Error) return [unusable(stateDir, facts)];
  if (facts === void 0) return examineMissing(stateDir);
  if (!facts.isDirectory()) {
    return [error(ABOUT, `${stateDir} is not a folder`, "Move it away, or set AGENT_SEQUENCER_STATE_DIR.")];
  }
  const denied = deniedIn(stateDir, constants.R_OK | constants.W_OK | constants.X_OK);
  if (denied !== void 0) return [unusable(stateDir, denied)];
  const findings = [...examineMode(stateDir, facts), ...examineFileSystem(stateDir)];
  return findings.length > 0 ? findings : [ok(ABOUT, `${stateDir} can be read and written, by you only`)];
}
function examineMissing(stateDir) {
  const above = nearestThere(dirname(stateDir));
  const denied = deniedIn(above, constants.W_OK | constants.X_OK);
  if (denied !== void 0) return [unusable(stateDir, denied)];
  const findings = examineFileSystem(above);
  return [ok(ABOUT, `${stateDir} is not there yet; the first run makes it`), ...findings];
}
function nearestThere(folder) {
  for (let each = folder; ; each = dirname(each)) {
    if (statSync(each, { throwIfNoEntry: false }) !== void 0 || each === dirname(each)) return each;
  }
}
function examineMode(stateDir, { mode, uid }) {
  const findings = [];
  if ((mode & 63) !== 0) {
    const shown = (mode & 511).toString(8);
    findings.push(
      warning(ABOUT, `${stateDir} is open to other users (mode ${shown})`, `chmod 700 '${stateDir}'`)
    );
  }
  const own = process.getuid?.();
  if (own !== void 0 && uid !== own) {
    findings.push(
      warning(ABOUT, `${stateDir} belongs to another user (uid ${uid})`, "Use a state folder of your own.")
    );
  }
  return findings;
}
function examineFileSystem(folder, { type, bavail, bsize } = statfsSync(folder)) {
  const findings = [];
  const network = process.platform === "linux" ? NETWORK[type >>> 0] : void 0;
  if (network !== void 0) {
    findings.push(
      warning(
        ABOUT,
        `${folder} lies on ${network}, where two machines that append at the same moment can overwrite each other`,
        "Set AGENT_SEQUENCER_STATE_DIR to a folder on a local disk, or use it from one machine only."
      )
    );
  }
  const free = bavail * bsize;
  if (free < LEAST_FREE_BYTES) {
    findings.push(
      warning(
        ABOUT,
        `only ${Math.floor(free / 1e6)} MB are free for ${folder}`,
        "Free space on that disk."
      )
    );
  }
  return findings;
}
function statOrError(path) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error2) {
    return error2;
  }
}
function deniedIn(folder, mode) {
  try {
    accessSync(folder, mode);
    return void 0;
  } catch (error2) {
    return error2;
  }
}
function unusable(stateDir, { message }) {
  return error(
    ABOUT,
    `${stateDir} cannot be used: ${message}`,
    "Make it a folder that you can read and write, or set AGENT_SEQUENCER_STATE_DIR to one."
  );
}

// src/cli/time.ts
function ago(at, now = Date.now()) {
  const seconds = Math.max(0, (now - Date.parse(at)) / 1e3);
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86400)} d ago`;
}

// src/cli/doctor.ts
var MOST_SHOWN = 20;
var OURS = /^(AGENT_SEQUENCER_\w+|CLAUDE_PROJECT_DIR)$/;
async function doctor({ json: json2 = false }, terminal, rooms, now = Date.now()) {
  const report = await examine(terminal, rooms, now);
  if (json2) print(terminal.output, jsonText(report, 2));
  else show(report, terminal, now);
  return report.healthy ? 0 : 1;
}
async function examine(terminal, rooms, now) {
  const places = rooms.places();
  const state = examineStateFolder(places.stateDir);
  const usable = state.every(({ status }) => status !== "error");
  const runs = usable ? await examineRuns(places.stateDir, now) : { findings: [], unfinished: [] };
  const findings = [
    examineNode(),
    examineInstallation(new URL("dist/", PACKAGE_ROOT)),
    ...state,
    ...await examinePrograms(rooms),
    ...runs.findings,
    ...usable ? await examineLeases(places.stateDir, now) : []
  ];
  return {
    ...surroundings(places, terminal),
    healthy: findings.every(({ status }) => status !== "error"),
    findings,
    unfinished: runs.unfinished
  };
}
function surroundings({ stateDir, projectDir }, { env }) {
  const set = Object.entries(env).filter(([name, value]) => OURS.test(name) && value !== void 0);
  return {
    version: VERSION,
    log_format: FORMAT_VERSION,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    package_dir: fileURLToPath(PACKAGE_ROOT),
    state_dir: stateDir,
    project_dir: projectDir,
    environment: Object.fromEntries(set)
  };
}
async function examinePrograms(rooms) {
  const scratch = mkdtempSync(join2(tmpdir(), "agent-sequencer-doctor-"));
  try {
    return await listedFrom(await rooms.openSequencerIn(scratch));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
async function listedFrom(sequencer) {
  try {
    const { programs, problems } = await sequencer.listPrograms();
    const counts = /* @__PURE__ */ new Map();
    for (const { source } of programs) counts.set(source, (counts.get(source) ?? 0) + 1);
    const from = [...counts].map(([source, count2]) => `${count2} ${source}`).join(", ");
    const faults = problems.map(({ file, line, column, message }) => {
      const place = [file, line, column].filter((part) => part !== void 0).join(":");
      return error("programs", `${place} does not load: ${message}`, "Correct the file at the place named.");
    });
    return [ok("programs", programs.length === 0 ? "none were found" : from), ...faults];
  } catch (thrown) {
    return [error("programs", `they cannot be listed: ${thrown.message}`, "See what is named.")];
  } finally {
    await sequencer.dispose();
  }
}
function show(report, terminal, now) {
  const { output } = terminal;
  const { bold, green, yellow, red, dim } = colorsFor(output, terminal);
  const paint = { ok: green, warning: yellow, error: red };
  const { version, log_format, platform, findings, unfinished, environment: environment2, project_dir } = report;
  print(output, bold(`agent-sequencer ${version}, log format ${log_format}, ${platform}`));
  print(output, dim(`project  ${printable(project_dir)}`));
  for (const [name, value] of Object.entries(environment2)) print(output, dim(printable(`${name}=${value}`)));
  for (const { about, status, fact, fix } of findings) {
    print(output, `${paint[status](status.padEnd(7))}  ${about}: ${printable(fact)}`);
    if (fix !== void 0) print(output, dim(`         ${printable(fix)}`));
  }
  if (unfinished.length === 0) return;
  print(output, "", bold("Unfinished runs"));
  for (const run2 of unfinished.slice(0, MOST_SHOWN)) {
    const put = run2.closed ? ", put away" : "";
    print(
      output,
      `${run2.instance_id}  ${oneLine(run2.program, 64)}  ${run2.state}${put}, ${ago(run2.updated_at, now)}`
    );
    for (const { step_no, kind, what, until } of run2.waiting_for) {
      const limit = until === null ? "" : ` until ${until}`;
      print(output, dim(`  step ${step_no}: ${kind}${limit}: ${oneLine(what, 100)}`));
    }
  }
  const more = unfinished.length - MOST_SHOWN;
  if (more > 0) print(output, dim(`and ${more} more: doctor --json`));
}

// src/cli/export.ts
import { createWriteStream, existsSync as existsSync2 } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
async function exportRun(instanceId, { out, force = false }, terminal, rooms) {
  if (out !== void 0 && !force && existsSync2(out)) {
    throw new UsageError(`${out} is there already. Name another file, or replace it with --force.`);
  }
  const sequencer = await rooms.openSequencer();
  try {
    const lines = sequencer.exportInstance(instanceId);
    if (out === void 0) {
      for await (const line of lines) await write(terminal.output, line);
      return 0;
    }
    await writeWhole(out, lines);
    const { dim } = colorsFor(terminal.errors, terminal);
    print(terminal.errors, dim(`exported to ${out}; to take it there: ${terminal.invokedAs} import ${out}`));
    return 0;
  } finally {
    await sequencer.dispose();
  }
}
async function writeWhole(path, lines) {
  const aside = `${path}.${process.pid}.part`;
  try {
    await pipeline(Readable.from(lines), createWriteStream(aside, { flags: "wx", mode: 384 }));
    await rename(aside, path);
  } catch (error2) {
    await rm(aside, { force: true });
    const { code, message } = error2;
    if (code === void 0 || !("syscall" in error2)) throw error2;
    throw new UsageError(`${path} cannot be written: ${message}`);
  }
}
async function write(output, text) {
  if (output.write(text)) return;
  await new Promise((resolve2) => output.once("drain", resolve2));
}

// src/cli/import.ts
import { createReadStream, statSync as statSync2 } from "node:fs";
var LARGEST_FILE = 1024 * 1024 * 1024;
async function importRun(file, terminal, rooms) {
  assertReadable(file);
  const sequencer = await rooms.openSequencer();
  try {
    const { instance_id, program: program2, imported_from, warnings } = await sequencer.importInstance(linesOf(file));
    const { dim, yellow } = colorsFor(terminal.errors, terminal);
    print(terminal.output, instance_id);
    for (const warning2 of warnings) print(terminal.errors, yellow(hang(warning2, "  ")));
    const renamed = imported_from === void 0 ? "" : ` (${imported_from} is taken here)`;
    print(
      terminal.errors,
      dim(
        `imported a run of '${printable(program2)}'${renamed}; to go on: ${terminal.invokedAs} run --resume ${instance_id}`
      )
    );
    return 0;
  } finally {
    await sequencer.dispose();
  }
}
async function* linesOf(file) {
  let open2 = [];
  for await (const chunk of createReadStream(file, { encoding: "utf8" })) {
    const [first, ...others] = chunk.split("\n");
    open2.push(first);
    for (const next of others) {
      yield open2.join("");
      open2 = [next];
    }
  }
  const rest = open2.join("");
  if (rest !== "") yield rest;
}
function assertReadable(file) {
  let size;
  try {
    const facts = statSync2(file);
    if (!facts.isFile()) throw new UsageError(`${file} is not a file`);
    size = facts.size;
  } catch (error2) {
    if (error2 instanceof UsageError) throw error2;
    throw new UsageError(`${file} cannot be read: ${error2.message}`);
  }
  if (size > LARGEST_FILE) throw new UsageError(`${file} is too large to be an export: ${size} bytes`);
}

// src/cli/init.ts
import { relative as relative2 } from "node:path";

// src/authoring/init.ts
import { existsSync as existsSync3, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname as dirname2, join as join3 } from "node:path";
import { fileURLToPath as fileURLToPath2 } from "node:url";

// src/authoring/init-files.ts
var FIRST_PROGRAM_NAME = "first-look";
var FIRST_PROGRAM = `import { defineProgram, instruct } from "agent-sequencer";
import { z } from "zod";

export default defineProgram({
  name: "${FIRST_PROGRAM_NAME}",
  description: "Look around in a project and say what is hard to read.",
  params: z.object({ path: z.string().default("."), most: z.int().min(1).default(3) }),

  async *run({ params, progress }) {
    const { files } = yield* instruct(
      \`Name up to \${params.most} source files under \${params.path} that are hard to read.\`,
      { reply: z.object({ files: z.array(z.string()).max(params.most) }) },
    );
    const findings = [];
    for (const [i, file] of files.entries()) {
      progress(i + 1, files.length, file);
      const { problem, suggestion } = yield* instruct(
        \`Read \${file}. What makes it hard to read, and what would you change first?\`,
        { reply: z.object({ problem: z.string().min(1), suggestion: z.string().min(1) }) },
      );
      findings.push({ file, problem, suggestion });
    }
    return { findings };
  },
});
`;
var TSCONFIG = `{
  "compilerOptions": {
    "target": "ES2022",
    "lib": ["ES2023", "DOM", "DOM.Iterable"],
    "module": "Preserve",
    "moduleResolution": "Bundler",
    "strict": true,
    "noEmit": true,
    "allowImportingTsExtensions": true,
    "resolveJsonModule": true,
    "skipLibCheck": true,
    "types": [],
    "paths": {
      "agent-sequencer": ["./.types/agent-sequencer/index.d.ts"],
      "agent-sequencer/testing": ["./.types/agent-sequencer/testing.d.ts"],
      "zod": ["./.types/zod/index.d.ts"],
      "zod/v4": ["./.types/zod/index.d.ts"],
      "zod/v4/core": ["./.types/zod/v4/core/index.d.ts"]
    }
  },
  "files": [".types/modules.d.ts"],
  "include": ["**/*.ts", "**/*.mts"]
}
`;
var MODULES = `// What programs may import besides code. Made by \`agent-sequencer init\`.

declare module "*.md" {
  const text: string;
  export default text;
}

declare module "*.txt" {
  const text: string;
  export default text;
}

// Modules of Node, for side effects. Untyped, unless @types/node is installed and "types": ["node"] is set.
declare module "node:*";

interface ImportMeta {
  /** The program's folder, where its files are while it runs. */
  dirname: string;
  filename: string;
  url: string;
}
`;

// src/authoring/init.ts
var TYPES = ".types";
function initProject({ projectDir, types, force }) {
  const folder = join3(projectDir, ".claude", "sequencer", "programs");
  const made = [];
  const replaced = [];
  const kept = [];
  const hadPrograms = hasPrograms(folder);
  for (const [path, content] of filesToMake(types, !hadPrograms)) {
    const file = join3(folder, path);
    const before = existsSync3(file) ? readFileSync(file, "utf8") : void 0;
    if (before === content) continue;
    if (before !== void 0 && !force) {
      kept.push(path);
      continue;
    }
    write2(file, content);
    (before === void 0 ? made : replaced).push(path);
  }
  const program2 = made.includes(`${FIRST_PROGRAM_NAME}.ts`) ? { program: FIRST_PROGRAM_NAME } : {};
  return { folder, made, replaced, kept, ...program2 };
}
function hasPrograms(folder) {
  const { files, problems } = findPrograms([{ folder, source: "project" }]);
  return files.length > 0 || problems.length > 0;
}
function* filesToMake(types, withProgram) {
  if (withProgram) yield [`${FIRST_PROGRAM_NAME}.ts`, FIRST_PROGRAM];
  yield ["tsconfig.json", TSCONFIG];
  yield [join3(TYPES, "modules.d.ts"), MODULES];
  for (const [path, content] of declarations(types)) {
    const isZods = path.startsWith("zod/");
    yield [join3(TYPES, isZods ? path : join3("agent-sequencer", path)), content];
  }
}
function* declarations(types) {
  const root = fileURLToPath2(types);
  if (!existsSync3(join3(root, "index.d.ts")) || !existsSync3(join3(root, "zod/index.d.ts"))) {
    throw new SequencerError(
      "InternalError",
      `The types are missing: there is no ${root}.`,
      "Install agent-sequencer anew."
    );
  }
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join3(entry.parentPath, entry.name);
    yield [file.slice(root.length), readFileSync(file, "utf8")];
  }
}
function write2(file, content) {
  try {
    mkdirSync(dirname2(file), { recursive: true });
    writeFileSync(file, content);
  } catch (cause) {
    const message = `${file} cannot be written: ${cause.message}.`;
    throw new SequencerError("StateDirUnusable", message, "Make the project's folder writable.", { cause });
  }
}

// src/cli/init.ts
async function init({ force = false }, terminal, rooms) {
  const { projectDir, types } = await rooms.openWorkshop();
  const report = initProject({ projectDir, types, force });
  const { bold, dim } = colorsFor(terminal.output, terminal);
  const { made, replaced, kept } = report;
  print(
    terminal.output,
    bold(printable(relative2(process.cwd(), report.folder) || report.folder)),
    ...summed(made, "made"),
    ...summed(replaced, "replaced"),
    ...summed(kept, "kept as it is"),
    ...made.length + replaced.length + kept.length === 0 ? [dim("  everything is there already")] : [],
    ...kept.length > 0 ? [dim("  init --force replaces what was kept")] : [],
    "",
    ...nextSteps(report, terminal.invokedAs)
  );
  return 0;
}
function summed(files, what) {
  const types = files.filter((file) => file.startsWith(".types/"));
  const others = files.filter((file) => !file.startsWith(".types/"));
  return [
    ...others.map((file) => `  ${what}  ${printable(file)}`),
    ...types.length === 0 ? [] : [`  ${what}  .types/ (${types.length} files)`]
  ];
}
function nextSteps({ program: program2 }, command) {
  if (program2 === void 0) return [`Next: ${command} programs`];
  return [
    "Next:",
    `  ${command} check ${program2}   look for mistakes in it`,
    `  ${command} run ${program2}     be the agent yourself`,
    `  or tell your agent: run the program ${program2}`
  ];
}

// src/cli/table.ts
function table(header, rows) {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  return all.map(
    (row) => row.map((cell, column) => column === row.length - 1 ? cell : cell.padEnd(widths[column])).join("  ").trimEnd()
  );
}

// src/cli/list.ts
var PAGE = 200;
async function listInstances({ all = false, json: json2 = false }, terminal, rooms) {
  const sequencer = await rooms.openSequencer();
  try {
    const entries = await everyEntry(sequencer, all ? "all" : "active");
    const { output, errors } = terminal;
    if (json2) {
      print(output, jsonText(entries, 2));
      return 0;
    }
    if (entries.length === 0) {
      print(errors, all ? "There are no runs." : "No run is active. To see all: list --all");
      return 0;
    }
    const { bold } = colorsFor(output, terminal);
    const [header, ...lines] = table(
      ["INSTANCE", "PROGRAM", "STATE", "STEP", "UPDATED", "PROGRESS", "PROJECT"],
      entries.map(rowOf)
    );
    print(output, bold(header), ...lines);
    return 0;
  } finally {
    await sequencer.dispose();
  }
}
async function everyEntry(sequencer, filter) {
  const entries = [];
  let cursor;
  do {
    const page = await sequencer.list({ filter, limit: PAGE, cursor, includeClosed: filter === "all" });
    entries.push(...page.instances);
    cursor = page.next_cursor ?? void 0;
  } while (cursor !== void 0);
  return entries;
}
function rowOf(entry) {
  const hint = entry.progress_hint;
  const progress = hint === null ? "" : oneLine(`${hint.current}/${hint.of} ${hint.label}`, 40);
  return [
    entry.instance_id,
    oneLine(entry.program || "-", 64),
    entry.closed ? `${entry.state}, closed` : entry.state,
    String(entry.step_no),
    ago(entry.updated_at),
    entry.problem === void 0 ? progress : oneLine(entry.problem, 60),
    oneLine(entry.project_dir, 80)
  ];
}

// src/cli/programs.ts
async function showPrograms(filter, { json: json2 = false }, terminal, rooms) {
  const sequencer = await rooms.openSequencer();
  try {
    const found = await sequencer.listPrograms(filter);
    const { output, errors } = terminal;
    if (json2) {
      print(output, jsonText(found, 2));
      return 0;
    }
    const { bold, dim, red } = colorsFor(output, terminal);
    if (found.programs.length === 0) print(errors, "No program was found.");
    else {
      const [header, ...lines] = table(
        ["PROGRAM", "FROM", "DESCRIPTION"],
        found.programs.map(({ name, source, description }) => [
          printable(name),
          source,
          oneLine(description, 200)
        ])
      );
      print(output, bold(header));
      for (const [i, line] of lines.entries()) {
        const params = found.programs[i].params_schema;
        print(output, line.slice(0, widthOf(output)));
        if (params !== null)
          print(output, dim(`  params ${oneLine(schemaText(params), widthOf(output) - 9)}`));
      }
    }
    for (const { file, line, column, message } of found.problems) {
      const place = [file, line, column].filter((part) => part !== void 0).join(":");
      print(errors, `${red("does not load")} ${printable(place)}`, `  ${hang(message, "  ")}`);
    }
    return 0;
  } finally {
    await sequencer.dispose();
  }
}

// src/cli/prune.ts
var DAY_MS2 = 864e5;
var KEEP_DAYS = {
  completed: 30,
  aborted: 7,
  cancelled: 7,
  failed: 90
};
var KEEP_VERSION_MS = DAY_MS2;
var KEEP_COMPILED_MS = 30 * DAY_MS2;
async function prune({ dryRun = false }, terminal, rooms, now = Date.now()) {
  const sequencer = await rooms.openSequencer();
  const { output, errors } = terminal;
  const { dim, red } = colorsFor(errors, terminal);
  let failures = 0;
  try {
    const entries = await everyEntry(sequencer, "all");
    const history = await rooms.openHistory();
    const written = history.written();
    const over = entries.filter((entry) => isOver(entry, written.get(entry.instance_id) ?? 0, now));
    const kept = new Set(entries.filter((entry) => !over.includes(entry)));
    let removed = 0;
    for (const entry of over) {
      try {
        if (!dryRun) await sequencer.close({ instanceId: entry.instance_id, deleteLog: true });
        removed += 1;
        print(
          output,
          `${entry.instance_id}  ${entry.state.padEnd(9)}  ${entry.updated_at}  ${oneLine(entry.program, 64)}`
        );
      } catch (error2) {
        failures += 1;
        kept.add(entry);
        print(errors, red(`${entry.instance_id} stays: ${printable(error2.message)}`));
      }
    }
    const versions = await pruneVersions([...kept], history, rooms, dryRun, now);
    const verb = dryRun ? "would be removed" : "removed";
    print(errors, dim(`${removed} of ${entries.length} runs ${verb}, ${versions} program versions`));
    return failures === 0 ? 0 : 1;
  } finally {
    await sequencer.dispose();
  }
}
function isOver({ state, updated_at }, writtenMs, now) {
  const days = KEEP_DAYS[state];
  return days !== void 0 && now - Math.max(Date.parse(updated_at), writtenMs) > days * DAY_MS2;
}
async function pruneVersions(kept, history, rooms, dryRun, now) {
  const shelf = await rooms.openVersions();
  if (!dryRun) shelf.pruneCompiled(KEEP_COMPILED_MS);
  const old = shelf.storedVersions().filter(({ storedAtMs }) => now - storedAtMs > KEEP_VERSION_MS);
  if (old.length === 0 || kept.some(({ state }) => state === "unreadable")) return 0;
  const needed = await versionsOf(kept, history);
  if (needed === void 0) return 0;
  const unneeded = old.filter(({ version }) => !needed.has(version));
  if (!dryRun) for (const { version } of unneeded) shelf.removeVersion(version);
  return unneeded.length;
}
async function versionsOf(entries, history) {
  const versions = /* @__PURE__ */ new Set();
  for (const { instance_id } of entries) {
    try {
      const log = history.open(instance_id);
      try {
        for await (const { event } of log.readOn()) {
          if (event.type === "started") versions.add(event.program.version);
          if (event.type === "version_adopted") versions.add(event.version);
        }
      } finally {
        log.close();
      }
    } catch {
      return void 0;
    }
  }
  return versions;
}

// src/authoring/recorded-log.ts
import { closeSync, fstatSync, openSync, readFileSync as readFileSync2 } from "node:fs";
import { basename } from "node:path";
async function readLog(path) {
  const id = basename(path).replace(/\.jsonl$/, "");
  const fd = open(path);
  const events = [];
  const lines = [];
  const log = new FileLog(id, path, fd, {
    files: NODE_FILES,
    known: KNOWN_FORMAT,
    now: Date.now,
    syncer: new Syncer(NODE_FILES)
  });
  try {
    for await (const batch of log.readOn()) {
      events.push(...batch.events);
      lines.push(...batch.lines.split("\n").slice(0, batch.events.length));
    }
  } finally {
    log.close();
  }
  if (events[0]?.type !== "started") throw new SequencerError("CorruptedLog", `${path} holds no events.`);
  return {
    path,
    id,
    events,
    lineOf(seq) {
      const line = readFileSync2(path, "utf8").split("\n").indexOf(lines[seq] ?? "\n");
      return line === -1 ? void 0 : line + 1;
    }
  };
}
function open(path) {
  let fd;
  try {
    fd = openSync(path, "r");
  } catch (error2) {
    const message2 = `The log ${path} cannot be read: ${error2.message}.`;
    throw new SequencerError("UnknownInstance", message2, "Give the path of a log, a .jsonl file.");
  }
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  const message = `${path} is not a file.`;
  throw new SequencerError("UnknownInstance", message, "Give the path of a log, a .jsonl file.");
}

// src/authoring/replay.ts
async function replayLogs(version, paths, parts) {
  const reports = [];
  for (const path of paths) {
    try {
      reports.push(await replayLog(version, await readLog(path), parts));
    } catch (error2) {
      if (!(error2 instanceof SequencerError)) throw error2;
      reports.push({
        log: path,
        fits: false,
        version: version.version,
        remarks: [],
        error: toErrorAnswer(error2)
      });
    }
  }
  return reports;
}
async function replayLog(version, log, { catalog, host: settings }) {
  const [started] = log.events;
  const ended = log.events.find((event) => event.type === "ended");
  const history = withoutEnd(log.events);
  const past = new Past();
  past.see(history);
  const known = {
    log: log.path,
    program: started.program.name,
    version: version.version,
    recorded_version: past.state.version,
    steps: past.state.lastStepNo,
    state: ended?.state ?? "unfinished"
  };
  if (started.program.name !== version.name) {
    const message = `${log.path} is of a run of program '${started.program.name}', not of '${version.name}'.`;
    const error2 = toErrorAnswer(new SequencerError("InvalidArguments", message));
    return { ...known, fits: false, remarks: [], error: error2 };
  }
  return inTimeZone(started.time_zone, async () => {
    const host = new ProgramHost(settings);
    const trial = new LogTrial(version, log, history, past, host, catalog);
    try {
      const adoption = await trial.adoption();
      const remarks = remarksOn(adoption);
      if (ended !== void 0 && !ended.forced) remarks.push(...await trial.compareEnd(ended, adoption));
      return { ...known, fits: true, remarks };
    } catch (error2) {
      if (!(error2 instanceof SequencerError)) throw error2;
      return { ...known, fits: false, remarks: [], error: toErrorAnswer(error2) };
    } finally {
      await host.dispose();
    }
  });
}
var LogTrial = class {
  constructor(version, log, history, past, host, catalog) {
    this.version = version;
    this.log = log;
    this.history = history;
    this.past = past;
    this.host = host;
    this.catalog = catalog;
    this.programs = new Programs(catalog, host);
  }
  version;
  log;
  history;
  past;
  host;
  catalog;
  programs;
  /** @throws SequencerError `ProgramDiverged` with the full report */
  adoption() {
    const { version, log, history, past, host, catalog, programs } = this;
    const store = { lineOf: async (_, seq) => log.lineOf(seq) };
    const subject = { instanceId: log.id, past, parts: () => inParts(history), isRunnable: true };
    return tryVersion({ store, catalog, host, programs }, version, subject);
  }
  /** Lets the program, with its history behind it, come to its end. @throws SequencerError `ProgramDiverged` */
  async compareEnd(ended, adoption) {
    const { version, history, past, host } = this;
    const { at } = history.at(-1);
    const { started } = past.state;
    const previous = past.state.version;
    const adopted = {
      type: "version_adopted",
      at,
      version: version.version,
      previous,
      ...adoption
    };
    const drafts = await this.programs.ask(version, async (generation) => {
      const load = {
        instance: "end",
        version: version.version,
        seed: started.seed,
        atMs: Date.parse(started.at),
        adoptions: [...past.adoptions, adopted]
      };
      await host.call("load", load, generation);
      let last = [];
      for (const { lines } of inParts([...history, adopted])) {
        last = (await host.call("feed", { instance: "end", lines }, generation)).drafts;
      }
      return last;
    });
    return differencesOfEnd(ended, drafts);
  }
};
function differencesOfEnd(ended, drafts) {
  const now = drafts.find((event) => event.type === "ended");
  if (now?.state !== ended.state) {
    const instead = now === void 0 ? "goes on" : `ends as ${now.state}${why(now)}`;
    throw new SequencerError(
      "ProgramDiverged",
      `The recorded run ended as ${ended.state}${why(ended)}; now the program ${instead}.`,
      "If it is meant to, record the log anew."
    );
  }
  if (sameJson(ended.summary, now.summary)) return [];
  return [`the summary was ${preview(ended.summary, 200)}, is now ${preview(now.summary, 200)}`];
}
function why({ error: error2, reason }) {
  const told = error2 === void 0 ? reason : `${error2.type}: ${error2.message}`;
  return told === void 0 ? "" : ` (${told})`;
}
function remarksOn({ values = {}, signal_values = {}, withdrawn = [], params }) {
  const parsed = Object.keys(values).length + Object.keys(signal_values).length;
  return [
    ...params === void 0 ? [] : ["the params are parsed to something else"],
    ...parsed === 0 ? [] : [`${parsed} recorded values are parsed to something else`],
    ...withdrawn.length === 0 ? [] : [`unanswered steps would be asked anew: ${withdrawn.join(", ")}`]
  ];
}
function withoutEnd(events) {
  return events.filter(
    (event) => !(isDerived(event) && event.type === "ended") && event.type !== "storage_failed"
  );
}
async function inTimeZone(timeZone, work) {
  const before = process.env["TZ"];
  process.env["TZ"] = timeZone;
  try {
    return await work();
  } finally {
    if (before === void 0) delete process.env["TZ"];
    else process.env["TZ"] = before;
  }
}

// src/cli/replay.ts
async function replay(programOrFile, logs, { json: json2 = false }, terminal, rooms) {
  const { catalog, host, find } = await rooms.openWorkshop();
  const { output } = terminal;
  try {
    const { version } = await find(programOrFile);
    const reports = await replayLogs(version, logs, { catalog, host });
    const fit = reports.every(({ fits }) => fits);
    if (json2) print(output, jsonText({ ok: fit, replays: reports }, 2));
    else print(output, ...reports.flatMap((report) => textOf2(report, colorsFor(output, terminal))));
    return fit ? 0 : 1;
  } catch (error2) {
    if (!json2 || !(error2 instanceof SequencerError)) throw error2;
    print(output, jsonText(toErrorAnswer(error2), 2));
    return 1;
  }
}
function textOf2({ log, fits, steps, state, remarks, error: error2 }, { green, red }) {
  const name = printable(log);
  if (fits) {
    const run2 = `${steps} ${steps === 1 ? "step" : "steps"}, ${state}`;
    return [`${green("fits")}  ${name}  (${run2})`, ...remarks.map((remark) => `  ${hang(remark, "  ")}`)];
  }
  const { error: code = "InternalError", message = "" } = error2 ?? {};
  return [`${red("does not fit")}  ${name}`, `  ${code}: ${hang(message, "  ")}`];
}

// src/cli/run.ts
import { existsSync as existsSync4, statSync as statSync3 } from "node:fs";
import { resolve } from "node:path";

// src/cli/drive.ts
import { setTimeout as delay } from "node:timers/promises";
var BREATH_MS = 200;
var WAIT_SECONDS = 5;
var LOOK_AFTER_MS = 700;
async function drive(sequencer, begun, replier, screen, stop) {
  const instanceId = begun.instance_id;
  let answer = begun;
  let waitingSince;
  while (!stop.aborted) {
    const { last_yield } = answer;
    if (last_yield.kind === "waiting") {
      waitingSince ??= performance.now();
      screen.waiting(last_yield);
      await delay(BREATH_MS, void 0, { signal: stop }).catch(() => {
      });
      if (!stop.aborted) answer = await sequencer.current({ instanceId, waitSeconds: WAIT_SECONDS });
      continue;
    }
    if (waitingSince !== void 0) screen.wentOn(performance.now() - waitingSince);
    waitingSince = void 0;
    const instruction = firstInstruction(answer);
    if (instruction === void 0) return answer;
    screen.step(instruction, answer.progress_hint);
    const reply = await replier.reply(instruction);
    if (reply === void 0 || stop.aborted) return answer;
    if (!replier.isPerson) screen.reply(reply);
    const next = await send(sequencer, instanceId, instruction, reply, replier, screen);
    const seesAll = next !== void 0 && last_yield.kind === "instruction";
    answer = seesAll ? next : await sequencer.current({ instanceId });
  }
  return answer;
}
function firstInstruction({ last_yield }) {
  if (last_yield.kind === "instruction") return last_yield;
  return last_yield.kind === "parallel" ? last_yield.instructions[0] : void 0;
}
async function send(sequencer, instanceId, { step_no }, reply, replier, screen) {
  const answered = sequencer.next({ instanceId, forStepNo: step_no, ...reply });
  try {
    await tellWhatRuns(sequencer, instanceId, answered, screen);
    return await answered;
  } catch (error2) {
    if (!(error2 instanceof SequencerError)) throw error2;
    const movedOn = error2.code === "OutOfSync" || error2.code === "InstanceEnded";
    if (!movedOn && !replier.isPerson) throw error2;
    screen.say(`  ${hang(error2.message, "  ")}`, `  ${hang(error2.fix, "  ")}`);
    return void 0;
  }
}
async function tellWhatRuns(sequencer, instanceId, answered, screen) {
  let isAnswered = false;
  const over = new AbortController();
  const end = () => {
    isAnswered = true;
    over.abort();
  };
  answered.then(end, end);
  for (; ; ) {
    await delay(LOOK_AFTER_MS, void 0, { signal: over.signal }).catch(() => {
    });
    if (isAnswered) return;
    const now = await sequencer.current({ instanceId }).catch(() => void 0);
    if (now?.last_yield.kind === "waiting") screen.waiting(now.last_yield);
  }
}

// src/cli/person.ts
import { createInterface } from "node:readline/promises";

// src/cli/fields.ts
function flatFields(schema) {
  if (schema?.["type"] !== "object") return void 0;
  const { properties, required } = schema;
  if (typeof properties !== "object" || properties === null) return void 0;
  const needed = Array.isArray(required) ? required : [];
  const fields = Object.entries(properties).map(
    ([name, member]) => toField(name, member, needed.includes(name))
  );
  const complete = fields.length > 0 && fields.every((field) => field !== void 0);
  return complete ? fields : void 0;
}
function toField(name, member, required) {
  if (typeof member !== "object" || member === null) return void 0;
  const { type, enum: choices, description } = member;
  const about = { name, required, ...typeof description === "string" && { description } };
  if (Array.isArray(choices)) {
    const simple = choices.every((choice) => typeof choice !== "object");
    return simple ? { ...about, type: "choice", choices } : void 0;
  }
  if (type === "string" || type === "number" || type === "integer" || type === "boolean")
    return { ...about, type };
  return void 0;
}
function fieldValue({ type, choices }, typed) {
  const text = typed.trim();
  switch (type) {
    case "string":
      return typed;
    case "choice":
      return choices?.find((choice) => String(choice) === text) ?? text;
    case "boolean":
      if (/^(true|yes|y)$/i.test(text)) return true;
      return /^(false|no|n)$/i.test(text) ? false : text;
    default:
      return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
  }
}
function parsePairs(line, fields) {
  const names = fields.map(({ name }) => name.replace(/[^\w]/g, "\\$&"));
  const starts = [...line.matchAll(new RegExp(String.raw`(?:^|\s+)(${names.join("|")})=`, "g"))];
  if (starts.length === 0 || line.slice(0, starts[0].index).trim() !== "") return void 0;
  const reply = {};
  for (const [i, start] of starts.entries()) {
    const typed = line.slice(start.index + start[0].length, starts[i + 1]?.index ?? line.length);
    const field = fields.find(({ name }) => name === start[1]);
    reply[field.name] = fieldValue(field, unquote(typed.trim()));
  }
  return reply;
}
function unquote(text) {
  return /^(".*"|'.*')$/s.test(text) ? text.slice(1, -1) : text;
}

// src/cli/reply.ts
function toReply(json2) {
  if (isObject(json2) && Object.keys(json2).join() === "failure") {
    const { failure } = json2;
    if (isObject(failure) && Object.keys(failure).join() === "reason" && typeof failure["reason"] === "string") {
      return { failure: { reason: failure["reason"] } };
    }
  }
  return { result: json2 };
}
function parseReply(line, { expect_schema }) {
  const text = line.trim();
  if (expect_schema?.["type"] === "string" && !text.startsWith('"') && !text.startsWith("{")) {
    return { result: line };
  }
  try {
    return toReply(JSON.parse(text));
  } catch (error2) {
    const fields = flatFields(expect_schema);
    const pairs = fields && parsePairs(line, fields);
    if (pairs !== void 0) return { result: pairs };
    const form = fields === void 0 ? "" : `, or ${fields.map(({ name }) => `${name}=…`).join(" ")}`;
    const wanted = expect_schema === null ? "any JSON" : schemaText(expect_schema);
    return { problem: `That is not JSON (${error2.message}). Wanted: ${wanted}${form}` };
  }
}
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// src/cli/person.ts
var HINT = ":fail REASON if it cannot be done, :json to write JSON, Ctrl-C to go on later";
var FAIL = /^:fail(?:\s+(.*))?$/s;
function askPerson(terminal, colors, leave) {
  const left = new AbortController();
  const lines = createInterface({ input: terminal.input, output: terminal.errors });
  const stop = () => {
    left.abort();
    leave();
  };
  lines.on("SIGINT", stop);
  lines.on("close", stop);
  const question = (prompt) => lines.question(prompt, { signal: left.signal });
  const say = (text) => void terminal.errors.write(`${colors.yellow(printable(text))}
`);
  let hinted = false;
  async function askJson(instruction, begun = "") {
    let text = begun;
    for (; ; ) {
      if (text === "") text = await question("  reply> ");
      const failed = failureIn(text);
      if (failed !== void 0) return failed;
      const reply = text.trim() === "" ? { problem: "Nothing was written." } : parseReply(text, instruction);
      if (!("problem" in reply)) return reply;
      const more = isUnfinished(text) ? await question("     ...> ") : "";
      if (more.trim() === "") {
        say(`  ${reply.problem}`);
        text = "";
      } else {
        text = `${text}
${more}`;
      }
    }
  }
  async function askFields(instruction, fields) {
    const result = {};
    for (const field of fields) {
      const typed = await question(`  ${promptFor(field)}> `);
      const failed = failureIn(typed);
      if (failed !== void 0) return failed;
      if (typed.trim() === ":json") return askJson(instruction);
      if (typed.trim().startsWith("{")) return askJson(instruction, typed);
      if (typed === "" && !field.required) continue;
      result[field.name] = fieldValue(field, typed);
    }
    return { result };
  }
  return {
    isPerson: true,
    async reply(instruction) {
      if (!hinted) terminal.errors.write(`  ${colors.dim(HINT)}
`);
      hinted = true;
      const fields = flatFields(instruction.expect_schema);
      try {
        return await (fields === void 0 ? askJson(instruction) : askFields(instruction, fields));
      } catch (error2) {
        if (left.signal.aborted) return void 0;
        throw error2;
      }
    },
    close() {
      lines.off("close", stop);
      lines.close();
    }
  };
}
function failureIn(typed) {
  const found = FAIL.exec(typed.trim());
  return found === null ? void 0 : { failure: { reason: found[1]?.trim() || "no reason given" } };
}
function isUnfinished(text) {
  return /^\s*[[{]/.test(text) && !/[\]}]\s*$/.test(text.replace(/\n\s*$/, ""));
}
function promptFor({ name, type, choices, required }) {
  const form = choices === void 0 ? type === "string" ? "" : ` (${type})` : ` (${choices.join(", ")})`;
  return printable(`${name}${form}${required ? "" : ", optional"}`);
}

// src/cli/prepared-replies.ts
import { readFileSync as readFileSync3 } from "node:fs";
import { createInterface as createInterface2 } from "node:readline";
function readReplies(source) {
  const inline = /^\s*[[{]/.test(source);
  const text = (inline ? source : readText(source)).replace(/^\uFEFF/, "");
  return parseReplies(text, inline ? "--replies" : source).map(toReply);
}
function readText(file) {
  try {
    return readFileSync3(file, "utf8");
  } catch (error2) {
    throw new UsageError(`The replies cannot be read: ${error2.message}`);
  }
}
function parseReplies(text, name) {
  const whole = parse(text);
  if ("json" in whole) return Array.isArray(whole.json) ? whole.json : [whole.json];
  const replies = [];
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const parsed = parse(line);
    if ("problem" in parsed) {
      throw new UsageError(
        `${name} is neither a JSON array (${whole.problem}) nor one JSON value a line (line ${i + 1}: ${parsed.problem})`
      );
    }
    replies.push(parsed.json);
  }
  return replies;
}
function parse(text) {
  try {
    return { json: JSON.parse(text) };
  } catch (error2) {
    return { problem: error2.message };
  }
}
function fromList(replies) {
  const left = replies.values();
  return { isPerson: false, reply: async () => left.next().value, close() {
  } };
}
function fromLines(input, complain) {
  const lines = createInterface2({ input, crlfDelay: Number.POSITIVE_INFINITY });
  const iterator = lines[Symbol.asyncIterator]();
  return {
    isPerson: false,
    async reply(instruction) {
      for (; ; ) {
        const { value: line, done } = await iterator.next();
        if (done) return void 0;
        if (line.trim() === "") continue;
        const reply = parseReply(line, instruction);
        if (!("problem" in reply)) return reply;
        complain(reply.problem);
      }
    },
    close: () => lines.close()
  };
}

// src/cli/screen.ts
var INDENT = "  ";
var MAX_WAITING = 10;
var WORTH_TELLING_MS = 1e3;
var Screen = class {
  #terminal;
  #colors;
  /** Steps that it was told are waited for. */
  #waiting = /* @__PURE__ */ new Set();
  constructor(terminal) {
    this.#terminal = terminal;
    this.#colors = colorsFor(terminal.errors, terminal);
  }
  /** What is told on the way goes beside the answer, not into it. */
  say(...lines) {
    print(this.#terminal.errors, ...lines);
  }
  begin({ program: program2, instance_id }) {
    this.say(`${this.#colors.bold(printable(program2))} ${this.#colors.dim(instance_id)}`);
  }
  /** Of a run that asks nothing yet. */
  atWork() {
    this.say(this.#colors.dim("The program is at work…"));
  }
  step(instruction, progress) {
    const { step_no, text, expect_schema, attempt, max_attempts, validation_error } = instruction;
    const { bold, cyan, dim, yellow } = this.#colors;
    const hint = progress === null ? "" : `  ${progress.current}/${progress.of} ${oneLine(progress.label, 60)}`;
    const question = questionIn(instruction);
    const asks = question === void 0 ? "" : "  a question for you";
    this.say("", `${bold(cyan(`step ${step_no}`))}${asks}${dim(hint)}`);
    if (validation_error !== void 0) {
      this.say(
        `${INDENT}${yellow(`The last reply was not accepted (attempt ${attempt} of ${max_attempts}):`)}`
      );
      for (const { path, message } of validation_error.problems) {
        this.say(`${INDENT}${INDENT}${yellow(hang(`${path} ${message}`, INDENT + INDENT))}`);
      }
    }
    this.say(`${INDENT}${hang(question ?? text, INDENT)}`);
    if (expect_schema !== null) this.say(`${INDENT}${dim(`reply: ${printable(schemaText(expect_schema))}`)}`);
  }
  reply(reply) {
    const width = widthOf(this.#terminal.errors) - 4;
    const { green, red } = this.#colors;
    if ("result" in reply) this.say(`${INDENT}${green("←")} ${oneLine(JSON.stringify(reply.result), width)}`);
    else this.say(`${INDENT}${red("←")} ${oneLine(`cannot be done: ${reply.failure.reason}`, width)}`);
  }
  /** Told once a step: what the run waits for, and until when. */
  waiting({ waiting_for }) {
    const untold = waiting_for.filter(({ step_no }) => !this.#waiting.has(step_no));
    if (untold.length === 0) return;
    const { dim } = this.#colors;
    this.say("", ...untold.slice(0, MAX_WAITING).map((step) => dim(inWords(step))));
    if (untold.length > MAX_WAITING) this.say(dim(`and ${untold.length - MAX_WAITING} more`));
    for (const { step_no } of untold) this.#waiting.add(step_no);
  }
  /** The wait is over. */
  wentOn(waitedMs) {
    if (waitedMs >= WORTH_TELLING_MS) this.say(this.#colors.dim(`${INDENT}waited ${lasting(waitedMs)}`));
  }
  /** Of a run that goes no further. The summary is the command's answer. */
  outcome({ state, last_yield }) {
    const { green, red, dim } = this.#colors;
    switch (last_yield.kind) {
      case "done":
        this.say("", green(state));
        print(this.#terminal.output, jsonText(last_yield.summary, 2));
        break;
      case "abort":
        this.say("", `${red(state)}: ${hang(last_yield.reason, INDENT)}`);
        break;
      case "error": {
        const { type, message, stack, fix } = last_yield;
        this.say("", `${red(state)}: ${printable(type)}: ${hang(message, INDENT)}`);
        if (stack) this.say(dim(`${INDENT}${hang(stack, INDENT)}`));
        if (fix) this.say(`${INDENT}${hang(fix, INDENT)}`);
        break;
      }
      default:
        this.say("", state);
    }
  }
};
function inWords({ step_no, kind, what, until }) {
  const whom = {
    sleep: "waits for the clock",
    signal: `waits for the signal '${what}', which another client sends`,
    ask: `waits for a person: ${what}`,
    effect: `is at work: ${what}`,
    command: `is running: ${what}`
  }[kind];
  const end = until === null ? "" : `, until ${momentOf(until)}`;
  return `step ${step_no} ${oneLine(whom, 100)}${end}`;
}

// src/cli/run.ts
var SLOW_START_MS = 1e3;
async function run(program2, options, terminal, rooms) {
  const begin = whatToBegin(program2, options);
  const prepared = options.replies === void 0 ? void 0 : readReplies(options.replies);
  const screen = new Screen(terminal);
  const stop = new AbortController();
  const interrupted = new Promise((resolve2) => {
    stop.signal.addEventListener("abort", () => resolve2("interrupted"), { once: true });
  });
  const unsubscribe = terminal.onInterrupt(() => stop.abort());
  const sequencer = await rooms.openSequencer(begin.file);
  let replier;
  try {
    const slow = setTimeout(() => screen.atWork(), SLOW_START_MS);
    const begun = await begin.with(sequencer).finally(() => clearTimeout(slow));
    screen.begin(begun);
    if (prepared !== void 0) replier = fromList(prepared);
    else if (terminal.input.isTTY) {
      replier = askPerson(terminal, colorsFor(terminal.errors, terminal), () => stop.abort());
    } else replier = fromLines(terminal.input, (problem) => screen.say(`  ${hang(problem, "  ")}`));
    const driven = drive(sequencer, begun, replier, screen, stop.signal);
    driven.catch(() => {
    });
    const last = await Promise.race([driven, interrupted]).catch((error2) => {
      if (error2 instanceof SequencerError) howToGoOn(screen, terminal, begun.instance_id);
      throw error2;
    });
    if (last === "interrupted" || stop.signal.aborted) {
      screen.say("", "Interrupted; nothing is lost.");
      howToGoOn(screen, terminal, begun.instance_id);
      return 130;
    }
    return conclude(last, screen, terminal);
  } finally {
    unsubscribe();
    replier?.close();
    await sequencer.dispose();
  }
}
function conclude(last, screen, terminal) {
  if (last.state === "awaiting_result") {
    screen.say("", `There are no more replies, and step ${last.step_no} awaits one.`);
    howToGoOn(screen, terminal, last.instance_id);
    return 1;
  }
  screen.outcome(last);
  if (last.state === "stalled") howToGoOn(screen, terminal, last.instance_id);
  return last.state === "completed" ? 0 : 1;
}
function howToGoOn(screen, { invokedAs }, instanceId) {
  screen.say(`To go on: ${invokedAs} run --resume ${instanceId}`);
}
function whatToBegin(program2, options) {
  const { params, resume, fork: fork2, beforeStep, latest } = options;
  const programVersion = latest ? "latest" : "recorded";
  if (beforeStep !== void 0 && fork2 === void 0) {
    throw new UsageError("--before-step belongs to --fork, which names the run to begin from.");
  }
  const instanceId = resume ?? fork2;
  if (instanceId !== void 0) {
    if (program2 !== void 0 || resume !== void 0 && fork2 !== void 0)
      throw new UsageError("Name a program, or an instance with --resume or --fork; only one of them.");
    if (params !== void 0) throw new UsageError("--params belong to a new run; this one has its own.");
    if (fork2 === void 0) return { with: (sequencer) => sequencer.resume({ instanceId, programVersion }) };
    const beforeStepNo = parseStep(beforeStep);
    return { with: (sequencer) => sequencer.fork({ instanceId, beforeStepNo, programVersion }) };
  }
  if (latest) {
    throw new UsageError(
      "--latest belongs to --resume or --fork; a new run always has the program as it is now."
    );
  }
  if (program2 === void 0) {
    throw new UsageError("Name the program to run. To see what there is: agent-sequencer programs");
  }
  const file = asFile(program2);
  const name = file === void 0 ? program2 : file.replace(/^.*[\\/]/, "").replace(/\.[mc]?[jt]s$/, "");
  const given = parseParams(params);
  return { file, with: (sequencer) => sequencer.start({ program: name, params: given }) };
}
function asFile(program2) {
  if (!/[\\/]/.test(program2) && !/\.[mc]?[jt]s$/.test(program2)) return void 0;
  const file = resolve(program2);
  if (!existsSync4(file)) throw new UsageError(`There is no file ${file}.`);
  if (!statSync3(file).isFile()) throw new UsageError(`${file} is not a file.`);
  return file;
}
function parseStep(text) {
  if (text === void 0) {
    throw new UsageError(
      "--fork needs --before-step: the step that the new run waits at. To see the steps: agent-sequencer show <instance>"
    );
  }
  const step = Number(text);
  if (Number.isSafeInteger(step) && step >= 1) return step;
  throw new UsageError(`--before-step is the number of a step, from 1; '${text}' is not.`);
}
function parseParams(text) {
  if (text === void 0) return void 0;
  try {
    return JSON.parse(text);
  } catch (error2) {
    throw new UsageError(`--params is not JSON: ${error2.message}`);
  }
}

// src/cli/show.ts
import { setTimeout as delay2 } from "node:timers/promises";

// src/cli/timeline.ts
var MARGIN = 12 + 2 + 9 + 2 + 11 + 2;
var Timeline = class {
  #colors;
  #width;
  #issued = /* @__PURE__ */ new Map();
  #day = "";
  /** @param width columns to write in */
  constructor(colors, width) {
    this.#colors = colors;
    this.#width = Math.max(MARGIN + 20, width);
  }
  linesOf(event) {
    const lines = event.type === "started" ? [] : this.#describe(event);
    const day = dayOf(event.at);
    if (day === this.#day) return lines;
    const isFirst = this.#day === "";
    this.#day = day;
    return isFirst ? lines : [this.#colors.dim(day), ...lines];
  }
  #describe(event) {
    const { green, red, yellow, dim, cyan } = this.#colors;
    const line = (tint, word, text, ...said) => this.#line(event, tint, word, text, said);
    const issued = "step_no" in event ? this.#issued.get(event.step_no) : void 0;
    switch (event.type) {
      case "step_issued":
        if (event.kind !== "call") this.#issued.set(event.step_no, event);
        return [line(cyan, event.kind, whatIsAsked(event), ...attemptOf(event), ...saidOf(event))];
      case "reply_accepted": {
        const said = [...this.#took(event), ...whoAnswered(issued, event.by)];
        return [
          line(green, "reply", json(event.reply), ...said, ...event.from_string ? ["sent as text"] : [])
        ];
      }
      case "reply_rejected": {
        this.#issued.delete(event.step_no);
        const said = [...attemptOf(issued, true), CONSEQUENCE[event.then]];
        const problems = event.problems.map(({ path, message }) => `${path} ${message}`);
        return [
          line(yellow, "rejected", json(event.reply), ...said),
          ...problems.flatMap((problem) => this.#below(problem, yellow))
        ];
      }
      case "step_failed":
        this.#issued.delete(event.step_no);
        return [line(red, "failed", `${event.code}: ${event.reason}`)];
      case "step_cancelled":
        this.#issued.delete(event.step_no);
        return [line(dim, "cancelled", event.reason)];
      case "effect_started":
        return [
          line(
            dim,
            issued?.kind === "ask" ? "form open" : "running",
            event.attempt > 1 ? `attempt ${event.attempt}` : ""
          )
        ];
      case "effect_finished": {
        const { error: error2, value = null } = event;
        if (issued?.kind === "ask")
          return [line(yellow, "no answer", error2 ? `${error2.type}: ${error2.message}` : "")];
        const said = this.#took(event);
        if (error2 !== void 0) return [line(red, "threw", `${error2.type}: ${error2.message}`, ...said)];
        if (issued?.kind !== "command") return [line(green, "result", json(value), ...said)];
        const { word, isGood, lastLine } = commandResult(value);
        return [line(isGood ? green : yellow, word, lastLine, ...said)];
      }
      case "timer_fired":
        return issued?.kind === "sleep" ? [line(green, "time is up", "", ...this.#took(event))] : [line(red, "timed out", "", ...this.#took(event))];
      case "signal_received":
        this.#forgetSignal(event.name);
        return [line(green, "signal", `${event.name} ${json(event.value)}`)];
      case "cancel_requested":
        return [line(yellow, "cancel", event.reason)];
      case "version_adopted":
        return [line(yellow, "version", `${event.previous.slice(0, 12)} → ${event.version.slice(0, 12)}`)];
      case "closed":
      case "reopened":
        return [line(dim, event.type, "")];
      case "storage_failed":
        return [line(red, "storage", event.reason)];
      case "ended": {
        const { error: error2, reason, summary = null, state } = event;
        const text = error2 ? `${error2.type}: ${error2.message}` : reason ?? json(summary);
        const ended = line(state === "completed" ? green : red, state, text);
        return error2?.stack === void 0 ? [ended] : [ended, ...this.#below(error2.stack, dim)];
      }
    }
  }
  #line(event, tint, word, text, said) {
    const { dim } = this.#colors;
    const step = "step_no" in event ? `step ${event.step_no}` : "";
    const scope = event.type === "step_issued" && event.scope !== "" ? `[${event.scope}] ` : "";
    const suffix = said.length === 0 ? "" : `  (${oneLine(said.join(", "), 200)})`;
    const room = Math.max(20, this.#width - MARGIN - scope.length - suffix.length);
    const shown = `${dim(scope)}${oneLine(text, room)}${dim(suffix)}`;
    return `${dim(clockOf(event.at))}  ${step.padEnd(9)}  ${tint(word.padEnd(11))}  ${shown}`.trimEnd();
  }
  #below(text, tint) {
    const margin = " ".repeat(MARGIN);
    return [`${margin}${tint(hang(text, margin))}`];
  }
  /** A signal ends the first step that waits for it, without naming it. */
  #forgetSignal(name) {
    for (const [stepNo, { kind, label }] of this.#issued) {
      if (kind === "signal" && label === name) {
        this.#issued.delete(stepNo);
        return;
      }
    }
  }
  /** How long the step took; forgets it. */
  #took({ step_no, at }) {
    const issued = this.#issued.get(step_no);
    this.#issued.delete(step_no);
    return issued === void 0 ? [] : [took(issued.at, at)];
  }
};

// src/cli/show.ts
var POLL_MS = 300;
async function showInstance(instanceId, { json: json2 = false, follow = false }, terminal, rooms) {
  const stop = new AbortController();
  const unsubscribe = terminal.onInterrupt(() => stop.abort());
  const log = (await rooms.openHistory()).open(instanceId);
  const teller = json2 ? asJson(terminal) : asTree(instanceId, terminal);
  try {
    let ended = await read(log, stop.signal, teller.past).finally(() => teller.pastIsOver());
    while (follow && !ended && !stop.signal.aborted) {
      await delay2(POLL_MS, void 0, { signal: stop.signal }).catch(() => {
      });
      ended = await read(log, stop.signal, teller.now);
    }
    return stop.signal.aborted ? 130 : 0;
  } finally {
    log.close();
    unsubscribe();
  }
}
async function read(log, stop, tell) {
  let ended = false;
  for await (const recorded of log.readOn()) {
    if (stop.aborted) break;
    tell(recorded);
    ended ||= recorded.event.type === "ended" || recorded.event.type === "storage_failed";
  }
  return ended;
}
function asJson({ output }) {
  const tell = ({ seq, event }) => print(output, jsonText({ seq, ...event }));
  return { past: tell, pastIsOver() {
  }, now: tell };
}
function asTree(instanceId, terminal) {
  const { output } = terminal;
  const colors = colorsFor(output, terminal);
  const width = widthOf(output);
  const tree = new RunTree();
  const timeline = new Timeline(colors, width);
  return {
    past({ event }) {
      tree.add(event);
      timeline.linesOf(event);
    },
    pastIsOver() {
      if (tree.started !== void 0) print(output, ...drawRun(tree, instanceId, colors, width));
    },
    now({ event }) {
      const lines = timeline.linesOf(event);
      if (lines.length > 0) print(output, ...lines);
    }
  };
}

// src/cli/command-line.ts
var ABOUT2 = `Drives AI coding agents with real programs.

Without a command: the MCP server, on stdin and stdout.`;
var ENVIRONMENT = `
Environment:
  AGENT_SEQUENCER_STATE_DIR     where runs are kept (default ~/.claude/sequencer/instances)
  AGENT_SEQUENCER_PROGRAMS_DIR  more folders with programs, a path list
  CLAUDE_PROJECT_DIR            the project (default the working folder)
  AGENT_SEQUENCER_STOP_HOOK     off: the plugin lets an agent stop whenever it likes
  AGENT_SEQUENCER_HOOKS         off: no hook of the plugin does anything
  AGENT_SEQUENCER_TURN_TIMEOUT_MS  how long a program may compute in one turn (default 5000)`;
var REPLIES = `
Replies:
  At a terminal you are asked for them. Otherwise they are read from stdin, one a line.
  --replies takes a file with a JSON array or one JSON value a line, or the array itself.
  {"failure":{"reason":"…"}} says that a step cannot be done.`;
async function runCommandLine(argv, version, terminal, rooms) {
  let code = 0;
  const command = declare(version, terminal, rooms, (result) => {
    code = result;
  });
  try {
    await command.parseAsync(argv, { from: "user" });
    return code;
  } catch (error2) {
    return explain(error2, terminal);
  }
}
function declare(version, terminal, rooms, done) {
  const program2 = new Command("agent-sequencer").description(ABOUT2).version(version, "-v, --version").option("--watch", "of the server: notice programs as they change").addHelpText("after", ENVIRONMENT).exitOverride().configureOutput({
    writeOut: (text) => void terminal.output.write(text),
    writeErr: (text) => void terminal.errors.write(text),
    getOutHasColors: () => colorsFor(terminal.output, terminal).isColorSupported,
    getErrHasColors: () => colorsFor(terminal.errors, terminal).isColorSupported
  });
  program2.command("programs [filter]").description("list the programs that can be run").option("--json", "as JSON, with the schemas of their params").action(async (filter, options) => done(await showPrograms(filter, options, terminal, rooms)));
  program2.command("run [program]").description("run a program, by its name or its file; you are the agent").option("--params <json>", "params of the program").option("--replies <file>", "replies, one a step").option("--resume <instance>", "go on with a run").option("--fork <instance>", "a new run with the history of another one, which stays").option("--before-step <number>", "with --fork: the step that the new run waits at").option("--latest", "with --resume or --fork: the program as it is now, if the history fits it").addHelpText("after", REPLIES).action(async (name, options) => done(await run(name, options, terminal, rooms)));
  program2.command("list").description("list the runs that are active").option("--all", "also those that ended or were closed").option("--json", "as JSON").action(async (options) => done(await listInstances(options, terminal, rooms)));
  program2.command("show <instance>").description("show what happened in a run").option("--json", "its events, one JSON object a line").option("-f, --follow", "go on until it ends").action(async (instance, options) => done(await showInstance(instance, options, terminal, rooms)));
  program2.command("init").description("make the project's programs folder, with a first program and types for editors").option("--force", "replace what init made before").action(async (options) => done(await init(options, terminal, rooms)));
  program2.command("check <program>").description("look for mistakes in a program, by its name or its file").option("--params <json>", "params of the program").option("--json", "as JSON").action(async (name, options) => done(await check(name, options, terminal, rooms)));
  program2.command("replay <program> <logs...>").description("see whether recorded runs fit a program as it is now; logs are .jsonl files").option("--json", "as JSON").action(async (name, logs, options) => done(await replay(name, logs, options, terminal, rooms)));
  program2.command("export <instance>").description("write a run and its program's version as one file, for another machine").option("--out <file>", "where to (default: stdout)").option("--force", "with --out: replace the file that is there").action(async (instance, options) => done(await exportRun(instance, options, terminal, rooms)));
  program2.command("import <file>").description("take a run that was exported elsewhere").action(async (file) => done(await importRun(file, terminal, rooms)));
  program2.command("doctor").description("say what may be wrong on this machine, and what unfinished runs wait for").option("--json", "as JSON").action(async (options) => done(await doctor(options, terminal, rooms)));
  program2.command("prune").description("remove runs that ended: completed after 30 days, aborted and cancelled 7, failed 90").option("--dry-run", "only say what would be removed").action(async (options) => done(await prune(options, terminal, rooms)));
  return program2;
}
var COMMANDS = {
  sequencer_list_programs: "`programs`",
  sequencer_list: "`list --all`",
  sequencer_start: "`run`",
  sequencer_resume: "`run --resume`",
  sequencer_fork: "`run --fork`",
  sequencer_current: "`show`"
};
function forPeople(fix) {
  return fix.replace(/Call (?=sequencer_)/g, "Run ").replace(/call (?=sequencer_)/g, "run ").replace(/sequencer_resume with program_version: "latest"/g, "`run --resume --latest`").replace(/program_version: "latest"/g, "`--latest`").replace(/without program_version/g, "without `--latest`").replace(/before_step_no: (\d+)/g, "`--before-step $1`").replace(/before_step_no/g, "`--before-step`").replace(/sequencer_[a-z_]+/g, (tool) => COMMANDS[tool] ?? tool);
}
function explain(error2, terminal) {
  const { red } = colorsFor(terminal.errors, terminal);
  const say = (...lines) => print(terminal.errors, ...lines);
  if (error2 instanceof CommanderError) return error2.exitCode === 0 ? 0 : 2;
  if (error2 instanceof UsageError) {
    say(`${red("error")}: ${printable(error2.message)}`);
    return 2;
  }
  if (error2 instanceof SequencerError) {
    say(`${red(error2.code)}: ${hang(error2.message, "  ")}`, `  ${hang(forPeople(error2.fix), "  ")}`);
    return 1;
  }
  say(`${red("unexpected")}: ${error2 instanceof Error ? error2.stack ?? error2.message : String(error2)}`);
  return 1;
}
export {
  runCommandLine
};
