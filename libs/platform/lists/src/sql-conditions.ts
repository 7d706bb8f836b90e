/** Collects the conditions of a query and its parameters: values never enter the text. */
export class SqlConditions {
  private readonly conditions: string[] = [];

  constructor(readonly parameters: unknown[] = []) {}

  /** Conditions of another part of the same statement, numbering its parameters on. */
  another(): SqlConditions {
    return new SqlConditions(this.parameters);
  }

  /** Adds a parameter; gives the text that stands for it. */
  parameter(value: unknown): string {
    this.parameters.push(value);
    return `$${this.parameters.length}`;
  }

  add(condition: string): void {
    this.conditions.push(condition);
  }

  /** Adds `column = any of the values`; nothing when there are none. */
  addAny(column: string, values: readonly unknown[], type = 'text'): void {
    if (values.length === 1) this.add(`${column} = ${this.parameter(values[0])}::${type}`);
    else if (values.length > 1) this.add(`${column} = any(${this.parameter(values)}::${type}[])`);
  }

  get text(): string {
    return this.conditions.join('\n  and ');
  }
}
